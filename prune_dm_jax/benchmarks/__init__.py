"""Speeds beside other programs: a file a contest."""

import argparse
import contextlib
import sys


def parser(name, about):
  """A parser of `prune-dm benchmark NAME`; `about` is its help."""
  return argparse.ArgumentParser(
    prog=f'prune-dm benchmark {name}',
    description=about,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )


@contextlib.contextmanager
def peers():
  """A context of their imports: one that is missing ends it in a sentence."""
  try:
    yield
  except ImportError as error:
    sys.exit(
      f'prune_dm_jax: {error.name} is not installed; it comes with pip install '
      "-e '.[benchmark]'"
    )
