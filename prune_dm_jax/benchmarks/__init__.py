"""Speeds beside other programs: a file a contest."""

import argparse


def parser(name, about):
  """A parser of `prune-dm benchmark NAME`; `about` is its help."""
  return argparse.ArgumentParser(
    prog=f'prune-dm benchmark {name}',
    description=about,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
