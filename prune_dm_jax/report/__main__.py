"""One table of the cells that are there.

python -m prune_dm_jax.report runs/digits [...] [--metrics=recall,copies]
"""

import argparse
import pathlib
import sys

from prune_dm_jax.report import table


def options(argv):
  parser = argparse.ArgumentParser(prog='prune_dm_jax.report')
  parser.add_argument('workdirs', nargs='*', type=pathlib.Path)
  parser.add_argument('--metrics', help='these alone; else all of them')
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  cells = table.cells(given.workdirs)
  if not cells:
    named = ', '.join(map(str, given.workdirs))
    sys.exit(
      f'prune_dm_jax: no finished cell in {named or "no folder"}: '
      'name the folders given as --workdir'
    )
  rows = table.rows(cells)
  metrics = given.metrics.split(',') if given.metrics else None
  try:
    chosen = rows if metrics is None else table.chosen(rows, metrics)
  except ValueError as error:
    sys.exit(f'prune_dm_jax: {error}')
  print(table.markdown(chosen), end='')


if __name__ == '__main__':
  main(sys.argv[1:])
