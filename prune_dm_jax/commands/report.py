"""What the cells that are there show: a page, its figures and its tables.

python -m prune_dm_jax.report runs/digits [...] [--out=FOLDER]
  [--metrics=recall,copies] [--results=FOLDER]

The page is <out>/index.html, by default <first of the runs>/report/index.html.
--metrics prints a table of these alone, and writes nothing. --results keeps of
each cell what a later report needs, pictures aside, in small files.
"""

import argparse
import functools
import pathlib
import sys

from prune_dm_jax.commands import comparing
from prune_dm_jax.commands import keeping
from prune_dm_jax.report import evidence
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table
from prune_dm_jax.run import command_line


def options(argv):
  parser = argparse.ArgumentParser(
    prog='prune_dm_jax.report', allow_abbrev=False
  )
  path = pathlib.Path
  parser.add_argument('workdirs', nargs='*', type=path)
  parser.add_argument('--metrics', help='print a table of these, that is all')
  parser.add_argument('--out', type=path, help='folder of the page')
  parser.add_argument('--results', type=path, help='folder of small files')
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  command_line.speak_plainly()
  command_line.plainly(functools.partial(report, given))


def report(given):
  """Prints a table, or writes the page and says where it is."""
  folders = table.cells(given.workdirs)
  if not folders:
    named = ', '.join(map(str, given.workdirs))
    raise ValueError(
      f'no finished cell in {named or "no folder"}: name the folders given as '
      '--workdir'
    )
  if given.metrics:
    chosen = table.chosen(table.rows(folders), given.metrics.split(','))
    print(table.markdown(chosen), end='')
    return
  cells = sweep.read(given.workdirs)
  if given.results:
    keeping.results(given.results, cells)
  out = given.out or given.workdirs[0] / 'report'
  save = functools.partial(keeping.text, out)
  print(evidence.write(save, cells, extra=comparing.sections))


if __name__ == '__main__':
  main(sys.argv[1:])
