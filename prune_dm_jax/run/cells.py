"""A cell that is finished as far as its selection, opened to be read."""

from prune_dm_jax.data import lists
from prune_dm_jax.report import cell_files
from prune_dm_jax.run import cell_config
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import opening

RESTORE = 'restore it, or use another --workdir'

AGAIN = dict.fromkeys(
  ('metrics.json', 'nearest.json'),
  'restore it, or move metrics.json and nearest.json aside and run main, which '
  'makes them again',
)
"""What helps, of files that can be made again beside what else is there."""

ALONE = ('metrics.json', 'nearest.json', 'selection.json')
"""Files that are made again where they are gone."""

SAID = {
  **dict.fromkeys(
    ('fingerprint', 'method', 'direction', 'allocation', 'file', 'backbone'),
    str,
  ),
  **dict.fromkeys(('k', 'kept', 'pruned', 'held_out'), int),
  'hashes': dict,
}
"""What every selection.json says, and of which type; older ones no hashes."""

NEEDED = ('config.json', 'selection.json', 'manifest.parquet')


def check(cell):
  """Raises ValueError if a path is no cell with a selection, whole."""
  missing = [name for name in NEEDED if not (cell / name).is_file()]
  if missing:
    raise ValueError(
      f'{cell}: no cell of a run that has selected, as there is no '
      f'{missing[0]} in it; the run with --until=select makes one'
    )
  check_files(cell)
  check_hashes(cell)


def check_files(cell):
  """Raises ValueError naming the first file that is not as it was written."""
  files = digests.read(cell)
  for name in files or ():
    said = digests.why(cell, name, files)
    gone = said and not (cell / name).exists() and name in ALONE
    if said and not gone and not is_at_will(name):
      raise ValueError(
        f'{cell / name} is damaged ({said}); {AGAIN.get(name, RESTORE)}'
      )
  for samples in sorted(cell.glob('samples*')):
    if not samples.name.endswith('.partial'):
      damage.refuse(samples)


def check_hashes(cell):
  """As `check_files`, of what selection.json names, as of older versions."""
  for name, digest in facts(cell)['hashes'].items():
    file = cell / name
    if not file.exists() or digests.of_file(file) != digest:
      raise ValueError(
        f'{file} is not the file that was written with selection.json; {RESTORE}'
      )


def is_at_will(name):
  """Whether a file is made again as it is asked for, or without it."""
  return name.endswith('.html') or name in digests.NOTES


def facts(cell):
  """What selection.json says."""
  path = cell / 'selection.json'
  found = damage.read_json(path)
  found = {'hashes': {}, **found} if isinstance(found, dict) else {}
  cell_files.check(path, found, SAID)
  return found


def config(cell):
  return cell_config.of(cell).to_dict()


def manifest(cell):
  """The manifest as a pyarrow Table."""
  return damage.read_table(cell / 'manifest.parquet')


def opened(cell):
  """The Run of a cell, whose data is what the cell is of."""
  run = opening.of_cell(cell)
  made_on = facts(cell)['fingerprint']
  if not lists.is_of(made_on, run.source):
    raise ValueError(
      f'{cell}: a cell of other data (fingerprint {made_on}, '
      f'{run.config.data.path or run.config.data.name} has now '
      f'{run.source.fingerprint}); bring the data back, or select anew in '
      'another --workdir'
    )
  return run
