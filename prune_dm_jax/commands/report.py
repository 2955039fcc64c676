"""What the cells that are there show: a page, its figures and its tables.

  prune-dm report runs/digits [...] [--out=FOLDER]
    [--metrics=recall,copies] [--beside=VARIANT] [--results=FOLDER]

The page is <out>/index.html, by default <first of the runs>/report/index.html.
--metrics prints a table of these alone, and writes nothing; --beside, by how much each
variant differs from one of them at the same ratio, as the page says it of random
pruning. --results keeps of each cell what a later report needs, pictures aside, in
small files:

  <out>/index.html   figures/*.svg   tables/*.csv and *.md
  <results>/<name of the setting>/<cell>/
    config.json  selection.json  metrics.json (of the samples)  costs.json
  <results>/kept/<hash>.txt   the lists of up to 1 MiB, each once: its name begins
    the hash of kept.txt in selection.json; --config.select.file takes one

A folder of a setting among results can be given in place of the runs.
"""

import copy
import functools
import pathlib
import re

from absl import logging

from prune_dm_jax.report import against
from prune_dm_jax.report import costs
from prune_dm_jax.report import evidence
from prune_dm_jax.report import headings
from prune_dm_jax.report import leaks
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table
from prune_dm_jax.report.cell_files import WHERE
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells as cells_lib
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import mistakes
from prune_dm_jax.stages import sweep_features

LONGEST = 2**20
"""Bytes of a list that is kept with results."""

LONGEST_NAME = 100
"""Bytes of a folder's name among results, before its hash."""

NOTES = '*/*/time.json'
"""How long all that is shared took, and what is in cells."""


def options(argv):
  parser = command_line.parser('report', __doc__)
  path = pathlib.Path
  parser.add_argument('workdirs', nargs='*', type=path)
  parser.add_argument('--metrics', help='print a table of these, that is all')
  parser.add_argument('--beside', help='print differences from it, that is all')
  parser.add_argument('--out', type=path, help='folder of the page')
  parser.add_argument('--results', type=path, help='folder of small files')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('report', report, options(argv))


def report(given):
  """Prints a table, or writes the page and says where it is."""
  folders = found(given.workdirs)
  for folder in folders:
    cells_lib.check_files(folder)
  for note in {note for w in given.workdirs for note in w.glob(NOTES)}:
    damage.leave_out(note)
  if given.metrics:
    chosen = table.chosen(table.rows(folders), given.metrics.split(','))
    print(table.markdown(chosen), end='')
    return
  if given.beside:
    print(against.text(sweep.read(given.workdirs), given.beside), end='')
    return
  out = given.out or given.workdirs[0] / 'report'
  for option in ('out', 'results'):
    mistakes.check_folder(f'--{option}', getattr(given, option) or out)
  cells = sweep.read(given.workdirs)
  if given.results:
    results(given.results, cells)
  save = functools.partial(text, out)
  print(evidence.write(save, cells, extra=sweep_features.sections))


def found(workdirs):
  """The finished cells of workdirs; one that has none is said."""
  empty = [w for w in workdirs if not table.cells([w])]
  if len(empty) == len(workdirs) or not all(w.is_dir() for w in empty):
    named = ', '.join(map(str, empty)) or 'no folder'
    raise ValueError(
      f'no finished cell in {named}: name the folders given as --workdir'
    )
  for workdir in empty:
    logging.warning('no finished cell in %s', workdir)
  return table.cells(workdirs)


def text(out, name, content):
  """Writes a file under a folder, anew if it is there; returns its path."""
  path = out / name
  artifacts.write_text(path, content)
  return path


def results(out, cells):
  """Writes the small files of all cells, or, where one cannot be, of none."""
  several, placed = sweep.settings(cells), {}
  for heading, own in zip(headings.of_settings(several), several, strict=True):
    for cell in own:
      placed.setdefault(place(out, heading, cell), []).append(cell)
  for folder, own in placed.items():
    check_place(folder, own)
  small = {
    folder: files_of(cell)
    for folder, (cell,) in placed.items()
    if folder.resolve() != cell.folder.resolve()
  }
  for folder, files in small.items():
    write_cell(folder, files)
  for path in dict.fromkeys(map(list_of, cells)):
    write_list(out / 'kept', path)


def place(out, heading, cell):
  """The folder of a cell among results."""
  words = heading.lower().replace('=-', '=minus ')
  setting = re.sub(r'[^a-z0-9]+', '_', words)
  rest = cell.folder.name.removeprefix(table.named(cell.folder)[0])
  name = short_name(cell.variant.replace('/', '_')) + rest
  return out / short_name(setting) / name


def short_name(name):
  """A name that any disk takes: the end of a long one is its hash."""
  if len(name.encode()) <= LONGEST_NAME:
    return name
  begin = name.encode()[:LONGEST_NAME].decode(errors='ignore')
  return f'{begin}_{artifacts.hash8(name)}'


def check_place(folder, cells):
  """Raises ValueError if a folder would be of several cells, or is of another."""
  first, *others = cells
  for other in others:
    raise ValueError(
      f'{first.folder} and {other.folder} would both be kept as {folder}; name '
      'them one at a time, each with its own --results'
    )
  if (folder / 'config.json').exists():
    artifacts.same_config(folder / 'config.json', first.config)


def files_of(cell):
  """name -> what a small file of a cell says."""
  counted = leaks.of(cell.folder, cell.facts)
  return {
    'costs': costs.of(cell),
    'config': portable(cell.config),
    'selection': cell.facts | ({'leaks': counted} if counted else {}),
    'metrics': [compact(row) for row in cell.rows.values()],
  }


def portable(config):
  """A configuration of which paths are but their last names, as of no machine."""
  found = copy.deepcopy(config)
  for place in WHERE:
    part, _, key = place.rpartition('.')
    own = found.get(part, {}) if part else found
    if key in own:
      own[key] = pathlib.PurePath(own[key]).name
  return found


def write_cell(folder, files):
  """Writes small files of a cell."""
  for name, content in files.items():
    artifacts.write_json(folder / f'{name}.json', content)


def list_of(cell):
  """Where the list of what a cell kept is: in it, or beside it among results."""
  hashes = cell.facts.get('hashes', {})
  name = f'{str(hashes.get("kept.txt", ""))[:12]}.txt'
  among = cell.folder.parent.parent / 'kept' / name
  own = cell.folder / 'kept.txt'
  return among if among.exists() and not own.exists() else own


def write_list(folder, path):
  """Writes what a cell kept, by key, under its hash, if there is such a list."""
  if path.exists() and path.stat().st_size <= LONGEST:
    to = folder / f'{digests.of_file(path)[:12]}.txt'
    content = path.read_bytes()
    artifacts.write(to, lambda p: p.write_bytes(content))


def compact(row):
  """A row without what is said of every row of the cell, at six figures."""
  short = lambda v: float(f'{v:.6g}') if isinstance(v, float) else v
  return {k: short(v) for k, v in row.items() if k != 'settings'}
