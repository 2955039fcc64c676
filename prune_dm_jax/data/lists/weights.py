"""How often, and at which noise, a list has its examples trained on.

A table says so if it has `keep`, `weight` and `t_min`, as a manifest and its .csv
have; what they mean is in `data.manifest`.
"""

import pathlib

import numpy as np

from prune_dm_jax.data import lists
from prune_dm_jax.data import manifest
from prune_dm_jax.data.lists import list_columns
from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.lists import names


def read(path, source, *, root=''):
  """The manifest.Trained of a list; None, where it says nothing of the kind.

  Args:
    path, source, root: As of `lists.read_list`, which has checked the rest.

  Raises:
    ValueError: A number that is none, or that `keep` contradicts.
  """
  path = pathlib.Path(path)
  columns = list_files.read(path)
  if not columns.keys() >= list_columns.TRAINED:
    return None
  weight, t_min = (numbers(columns, name, path) for name in LIMITS)
  check_kept(lists.kept_rows(columns, path), weight, t_min, path)
  rows = np.flatnonzero(weight)
  check_epoch(weight[rows], path)
  index = places(columns, rows, path, source, root)
  order = np.argsort(index)
  found = manifest.Trained(
    *(a[order] for a in (index, weight[rows], t_min[rows]))
  )
  lists.check(found.index, path, source)
  return found


def places(columns, rows, path, source, root):
  """Indices in the full data of some rows of a list."""
  if 'key' in columns:
    which = [columns['key'][row] for row in rows]
    return names.places(which, path, source, root)
  if 'index' in columns:
    return lists.integers([columns['index'][row] for row in rows], path)
  return rows  # A row for each picture.


def check_epoch(weight, path):
  """Raises ValueError if an epoch, of as many as weights sum to, is absurd."""
  mean = weight.mean() if len(weight) else 1.0
  if not 1 / MEAN <= mean <= MEAN:
    raise ValueError(
      f'{path}: the mean of its `weight` above 0 is {mean:.3g}, and an epoch is of '
      'as many pictures as they sum to; scale them to a mean near 1'
    )


MEAN = 100.0
"""Of weights, at most; at least its inverse."""

LIMITS = {'weight': 1e6, 't_min': 1 - 1e-6}
"""What each is at most; at least 0."""


def numbers(columns, name, path):
  """[rows] float64."""
  for row, value in enumerate(columns[name], 1):
    if not is_within(value, LIMITS[name]):
      raise ValueError(
        f'{path}: its column `{name}` says {value!r} in row {row}; it must be a '
        f'number from 0 to {LIMITS[name]:g}'
      )
  return np.array(columns[name], float)


def is_within(value, most):
  try:
    return 0 <= float(value) <= most
  except (TypeError, ValueError):
    return False


def check_kept(keep, weight, t_min, path):
  """Raises ValueError at the first row that is kept and not, at once."""
  wrong = keep != ((weight > 0) & (t_min == 0))
  if wrong.any():
    row = int(np.argmax(wrong))
    raise ValueError(
      f'{path}: its row {row + 1} says `keep` {int(keep[row])}, `weight` '
      f'{weight[row]:g} and `t_min` {t_min[row]:g}; what is kept has a weight '
      'above 0 and a t_min of 0, and nothing else has'
    )
