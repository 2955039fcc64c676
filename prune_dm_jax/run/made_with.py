"""What something was made with, which is written down beside it: no part of any
name, as another machine's rounding is no other meaning.
"""

import functools
import hashlib
import importlib.metadata
import pathlib

import jax

PACKAGE = 'prune_dm_jax'


def here():
  """{'made_with': versions, and the kind of device}."""
  return {
    'made_with': {
      PACKAGE: ours(),
      'jax': jax.__version__,
      'device': jax.devices()[0].device_kind,
    }
  }


@functools.cache
def ours():
  """Our version, if we are installed, and what our code is."""
  try:
    version = importlib.metadata.version(PACKAGE)
  except importlib.metadata.PackageNotFoundError:
    version = 'not installed'
  sha = hashlib.sha256()
  for path in sorted(pathlib.Path(__file__).parents[1].rglob('*.py')):
    sha.update(path.read_bytes())
  return f'{version}, sources {sha.hexdigest()[:8]}'
