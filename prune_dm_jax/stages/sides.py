"""Two choices of the same data, of cells or lists, laid side by side."""

from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import lists
from prune_dm_jax.data import manifest
from prune_dm_jax.data import recognised
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.run import cells
from prune_dm_jax.run import checked


class Side(NamedTuple):
  """[N] each."""

  name: str
  kept: np.ndarray
  candidates: np.ndarray
  """What it was chosen among."""
  score: Any = None
  """nan of what has none; None, if nothing has."""
  cluster: Any = None
  """-1 of what is in none; None, if nothing is in one."""


class View(NamedTuple):
  """The data of both, and how its pictures are shown."""

  source: Any
  root: str
  size: int
  crop: str


def opened(paths, data):
  """The View and the two Sides.

  Args:
    paths: Two, of cells or of lists.
    data: Where the data is, if neither is a cell; else ''.
  """
  for path in paths:
    if not path.exists():
      raise ValueError(f'{path}: there is no such cell or list')
  found = [path for path in paths if path.is_dir()]
  for cell in found:
    cells.check(cell)
  if found and data:
    raise ValueError(f'--data={data}: {found[0]} says which data it is of')
  view = of_cell(found[0]) if found else of_data(data, paths)
  return view, sides(paths, view)


def of_cell(cell):
  run = cells.opened(cell)
  data = run.config.data
  return View(run.source, data.path, data.image_size, data.crop)


def of_data(data, paths):
  """The View of the data at a path, by whatever it looks like."""
  if not data:
    raise ValueError(
      f'{paths[0]} and {paths[1]} are lists; --data=PATH says of which data'
    )
  source = SOURCES[recognised(data)](data)
  if isinstance(source, source_lib.Source):
    source, *_ = checked.without_workdir(source, data)
  return View(source, data, 64, 'letterbox')


def sides(paths, view):
  """Two Sides; a list was chosen among what the cell beside it was."""
  tables = [cells.manifest(p) if p.is_dir() else None for p in paths]
  of_cells = {
    i: side_of_cell(paths[i], table, view)
    for i, table in enumerate(tables)
    if table is not None
  }
  among = [side.candidates for side in of_cells.values()]
  among = among[0] if among else np.ones(len(view.source), bool)
  return [
    of_cells.get(i) or side_of_list(path, view, among)
    for i, path in enumerate(paths)
  ]


def side_of_cell(cell, table, view):
  made_on = table.schema.metadata[b'fingerprint'].decode()
  if not lists.is_of(made_on, view.source):
    raise ValueError(
      f'{cell}: a cell of other data (fingerprint {made_on}, that of the other '
      f'is {view.source.fingerprint})'
    )
  keep = table['keep'].to_numpy()

  def column(name, fill):
    missing = table[name].null_count == table.num_rows
    return None if missing else table[name].fill_null(fill).to_numpy()

  score = column('score', float('nan'))
  return Side(
    str(cell), keep, manifest.candidates(table), score, column('cluster', -1)
  )


def side_of_list(path, view, among):
  kept = np.zeros(len(view.source), bool)
  kept[lists.read_list(path, view.source, root=view.root)] = True
  return Side(str(path), kept, among | kept)
