"""What the cells that are there show: a page, its figures and its tables.

  prune-dm report runs/digits [...] [--out=FOLDER]
    [--metrics=recall,copies] [--results=FOLDER]

The page is <out>/index.html, by default <first of the runs>/report/index.html.
--metrics prints a table of these alone, and writes nothing. --results keeps of
each cell what a later report needs, pictures aside, in small files:

  <out>/index.html   figures/*.svg   tables/*.csv and *.md
  <results>/<name of the setting>/<cell>/
    config.json  selection.json  metrics.json (of the samples)  costs.json
  <results>/kept/<hash>.txt   the lists of up to 1 MiB, each once: its name begins
    the hash of kept.txt in selection.json; --config.select.file takes one

A folder of results can be given in place of the runs.
"""

import functools
import pathlib
import re

from prune_dm_jax.report import costs
from prune_dm_jax.report import evidence
from prune_dm_jax.report import leaks
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells as cells_lib
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.stages import sweep_features

LONGEST = 2**20
"""Bytes of a list that is kept with results."""

NOTES = '*/*/time.json'
"""How long all that is shared took, and what is in cells."""


def options(argv):
  parser = command_line.parser('report', __doc__)
  path = pathlib.Path
  parser.add_argument('workdirs', nargs='*', type=path)
  parser.add_argument('--metrics', help='print a table of these, that is all')
  parser.add_argument('--out', type=path, help='folder of the page')
  parser.add_argument('--results', type=path, help='folder of small files')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('report', report, options(argv))


def report(given):
  """Prints a table, or writes the page and says where it is."""
  folders = table.cells(given.workdirs)
  if not folders:
    named = ', '.join(map(str, given.workdirs))
    raise ValueError(
      f'no finished cell in {named or "no folder"}: name the folders given as '
      '--workdir'
    )
  for folder in folders:
    cells_lib.check_files(folder)
  for note in {note for w in given.workdirs for note in w.glob(NOTES)}:
    damage.leave_out(note)
  if given.metrics:
    chosen = table.chosen(table.rows(folders), given.metrics.split(','))
    print(table.markdown(chosen), end='')
    return
  cells = sweep.read(given.workdirs)
  if given.results:
    results(given.results, cells)
  out = given.out or given.workdirs[0] / 'report'
  save = functools.partial(text, out)
  print(evidence.write(save, cells, extra=sweep_features.sections))


def text(out, name, content):
  """Writes a file under a folder, anew if it is there; returns its path."""
  path = out / name
  path.parent.mkdir(parents=True, exist_ok=True)
  artifacts.write(path, lambda p: p.write_text(content))
  return path


def results(out, cells):
  for own in sweep.settings(cells):
    name = re.sub(r'[^a-z0-9]+', '_', sweep.name_of(own).lower())
    for cell in own:
      write_cell(out / name / cell.folder.name, cell)
      write_list(out / 'kept', cell)


def write_cell(folder, cell):
  """Writes the files of a cell, if they are not of another one already."""
  if folder.resolve() == cell.folder.resolve():
    return
  if (folder / 'config.json').exists():
    artifacts.same_config(folder / 'config.json', cell.config)
  folder.mkdir(parents=True, exist_ok=True)
  artifacts.write_json(folder / 'costs.json', costs.of(cell))
  artifacts.write_json(folder / 'config.json', cell.config)
  counted = leaks.of(cell.folder, cell.facts)
  facts = cell.facts | ({'leaks': counted} if counted else {})
  artifacts.write_json(folder / 'selection.json', facts)
  rows = [compact(row) for row in cell.rows.values()]
  artifacts.write_json(folder / 'metrics.json', rows)


def write_list(folder, cell):
  """Writes what a cell kept, by key, under its hash."""
  path = cell.folder / 'kept.txt'
  if path.exists() and path.stat().st_size <= LONGEST:
    text(folder, f'{digests.of_file(path)[:12]}.txt', path.read_text())


def compact(row):
  """A row without what is said of every row of the cell, at six figures."""
  short = lambda v: float(f'{v:.6g}') if isinstance(v, float) else v
  return {k: short(v) for k, v in row.items() if k != 'settings'}
