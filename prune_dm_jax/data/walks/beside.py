"""Files that lie beside the pictures of a folder, .zip or .tar, read in place.

What is a link, leads elsewhere or is of no sane size is not read, and it is
said why.
"""

import functools
import os
import pathlib
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data.walks import archives
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import folders
from prune_dm_jax.data.walks import tar_files
from prune_dm_jax.data.walks import zip_files

MOST_BYTES = 2**28
"""Of a file that is read whole: ten times what lists all of ImageNet."""


class File(NamedTuple):
  name: str
  """Relative to the set, as the names of pictures are."""
  size: int
  why: str
  """Why it cannot be read, or ''."""
  read: Callable
  """() -> bytes."""


def among(path, wanted):
  """The Files of these names, relative to the set, that are there.

  Args:
    path: A folder, a .zip or a .tar.
    wanted: {'dataset.json', 'train/metadata.csv', ...}.
  """
  path = pathlib.Path(path)
  if path.is_dir():
    walk = in_folder
  else:
    walk = in_zip if archives.suffix(path) == '.zip' else in_tar
  return [
    File(name, size, why or too_large(size), read)
    for name, why, size, read in walk(path, wanted)
  ]


def too_large(size):
  most = MOST_BYTES // 2**20
  return f'larger than {most} MiB' if size > MOST_BYTES else ''


def in_folder(root, wanted):
  for name in sorted(wanted):
    path = root / name
    if os.path.lexists(path):
      why, file = folders.examined(path, root)
      yield name, why, file.size, path.read_bytes


def in_zip(path, wanted):
  for info, raw in zip_files.called(zip_files.listed(path)):
    name = file_names.cleaned(raw)
    if name in wanted:
      read = functools.partial(zip_files.read, zip_files.member(path, info))
      yield name, zip_files.why_not(info), info.file_size, read


def in_tar(path, wanted):
  with open(path, 'rb') as file:
    for prefix, member in tar_files.members(file):
      name = file_names.cleaned(prefix + member.name)
      if name in wanted:
        span = tar_files.Span(str(path), member.begin, member.size)
        read = functools.partial(tar_files.read, span)
        yield name, tar_files.why_not(member, name), member.size, read
