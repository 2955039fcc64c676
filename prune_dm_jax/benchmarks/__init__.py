"""Speeds beside other programs: a file a contest."""

import argparse
import contextlib
import json
import sys


def parser(name, about, **numbers):
  """A parser of `prune-dm benchmark NAME`; `about` is its help.

  It has an option for each of `numbers`, name -> int.
  """
  found = argparse.ArgumentParser(
    prog=f'prune-dm benchmark {name}',
    description=about,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  for option, default in numbers.items():
    found.add_argument(f'--{option}', type=int, default=default)
  return found


def show(found, rounded=float):
  """Prints a line for each value, those of some types rounded, and all as JSON."""
  for name, value in found.items():
    value = f'{value:.4g}' if isinstance(value, rounded) else value
    print(f'{name:28} {value}')
  print(json.dumps(found))


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
