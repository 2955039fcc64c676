"""Rows of anyone's file for the examples of a set, matched by their keys.

The file may have its rows in any order, and more of them than are wanted. Names
may be written differently, see `names`: each of its ways is tried on top of those
before it, until every example that is wanted has a row.
"""

import itertools

import numpy as np
from absl import logging

from prune_dm_jax.data.lists import list_columns
from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.lists import names

IN_NPZ = ('key', 'keys')
"""What keys are called in an .npz."""


def rows(named, path, source, wanted, *, of, root=''):
  """[n] int64, the row of each example that is wanted.

  Args:
    named: [R] str, the key that each row of the file is of.
    path: Of the file, for what is said of it.
    source: The data, of N examples.
    wanted: [n] indices of those that must have a row.
    of: What a row has, in a word.
    root: Where the data is, if that may stand before a key.

  Raises:
    ValueError: How many have none, and which is the first.
  """
  best, read = None, named
  for how, change in (('', str), *names.ways(root, source)):
    read = [change(name) for name in read]
    at = places(read, source, exact=not how)
    without = wanted[~np.isin(wanted, at)]
    if best is None or len(without) < len(best[0]):
      best = without, at, how, read
    if not len(without):
      break
  without, at, how, read = best
  if len(without):
    first = source.keys[without[0]]
    near = names.shown(names.likest(first, named)) if named else ''
    raise ValueError(
      f'{path}: no {of} of {len(without):,} of {len(wanted):,} pictures, first '
      f'{names.shown(first)}; '
      + (f'its keys look like {near}' if named else 'the file has no rows')
    )
  found = once(named, at, path, source, wanted)
  if how:
    of_rows = [named[row] for row in found]
    names.say(how, of_rows, wanted, path, source.keys)
  say_what_is_left(read, at, path, source, wanted, of)
  return found


def places(read, source, *, exact):
  """[R] the example that each name is of; -1: of none."""
  if exact:
    place = dict(zip(source.keys, itertools.count()))
  else:
    place = names.only_once([names.composed(key) for key in source.keys])
  return np.array([place.get(name, -1) for name in read], np.int64)


def once(named, at, path, source, wanted):
  """[n] the row of each example that is wanted, which each have one at least."""
  row = np.full(len(source), -1)
  row[at[at >= 0]] = np.flatnonzero(at >= 0)
  times = np.bincount(at[at >= 0], minlength=len(source))[wanted]
  if (times > 1).any():
    both = np.flatnonzero(at == wanted[np.argmax(times > 1)])
    raise ValueError(
      f'{path}: its rows {both[0] + 1} and {both[1] + 1} are both of '
      f'{names.shown(named[both[0]])}; leave one of them'
    )
  return row[wanted]


def say_what_is_left(read, at, path, source, wanted, of):
  """How many rows are of nothing that is wanted, and why."""
  bad = {names.composed(key) for key in source.bad}
  no_example = [read[row] for row in np.flatnonzero(at < 0)]
  unknown = [name for name in no_example if names.composed(name) not in bad]
  parts = {
    'of pictures that are not trained on': (at >= 0).sum() - len(wanted),
    'of pictures that cannot be used': len(no_example) - len(unknown),
    f'of no picture here, first {unknown[:1]}': len(unknown),
  }
  said = [f'{number:,} {why}' for why, number in parts.items() if number > 0]
  if said:
    logging.info(
      '%s: the %ss of %s pictures are taken; others are not: %s',
      path, of, f'{len(wanted):,}', ', '.join(said),
    )  # fmt: skip


def beside(path):
  """Where the keys of an .npy are: a .txt of the same name, a key a line."""
  return path.with_suffix('.txt')


def of_array(path, size):
  """The keys of an .npy of `size` rows."""
  keys = beside(path)
  if not keys.is_file():
    raise ValueError(
      f'{path}: its keys, one a line in the order of its {size:,} rows, should '
      f'be in {keys}, which is not there; or give an .npz with `keys`'
    )
  found = list_files.lines(keys)['key']
  check_number(found, size, keys, path)
  return found


def of_npz(file, path, size):
  """The keys that an open .npz has for `size` rows."""
  name = next(name for name in IN_NPZ if name in file.files)
  found = list_files.unpickled(path, lambda: list_files.checked(file[name]))
  if found.dtype.kind == 'S':
    found = list_columns.decoded(found, path)
  if found.dtype.kind != 'U' or found.ndim != 1:
    raise ValueError(
      f'{path}: wanted names as `{name}`, got {found.dtype} of shape '
      f'{found.shape}'
    )
  check_number(found, size, path, path)
  return found.tolist()


def check_number(keys, size, where, path):
  if len(keys) != size:
    raise ValueError(
      f'{where}: {len(keys):,} keys, but {path.name} has {size:,} rows'
    )
