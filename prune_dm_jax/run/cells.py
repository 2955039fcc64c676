"""A cell that is finished as far as its selection, opened to be read."""

import pyarrow.parquet as pq

from prune_dm_jax.data import lists
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import opening

NEEDED = ('config.json', 'selection.json', 'manifest.parquet')


def check(cell):
  """Raises ValueError if a path is no cell with a selection, whole."""
  missing = [name for name in NEEDED if not (cell / name).is_file()]
  if missing:
    raise ValueError(
      f'{cell}: no cell of a run that has selected, as there is no '
      f'{missing[0]} in it; the run with --until=select makes one'
    )
  written = facts(cell).get('hashes', {}).get('manifest.parquet')
  if written != artifacts.file_digest(cell / 'manifest.parquet'):
    raise ValueError(
      f'{cell}/manifest.parquet is not the file that was written with '
      'selection.json; restore it'
    )


def facts(cell):
  """What selection.json says."""
  return artifacts.read_json(cell / 'selection.json')


def config(cell):
  return artifacts.read_json(cell / 'config.json')


def manifest(cell):
  """The manifest as a pyarrow Table."""
  return pq.read_table(cell / 'manifest.parquet')


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
