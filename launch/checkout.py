"""This checkout, as commands of a launcher find it from any folder."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]


def found():
  """The environment in which Python imports from here, and not from its folder."""
  paths = str(ROOT), os.environ.get('PYTHONPATH')
  return os.environ | {
    'PYTHONPATH': os.pathsep.join(filter(None, paths)),
    'PYTHONSAFEPATH': '1',
  }


def environment(workdir):
  """That of a command: what was compiled once is kept."""
  kept = {
    'JAX_COMPILATION_CACHE_DIR': str(workdir.absolute() / 'compiled'),
    'JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS': '0.1',
  }
  return kept | found()
