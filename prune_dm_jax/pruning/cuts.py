"""Cuts: where kept meets dropped, and how far from there an example stands.

`select` cuts the order of each group, so that every group has its own cuts:
`low` and `high` one, `middle` two. Steps are ranks within the group.

  from_cut = 1 on either side of a cut, 2 next to that, ...
  from_end = 0 at the far end of what is kept, or of what is dropped
"""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.pruning import select


class Places(NamedTuple):
  """[N] each: where an example stands in its group's order."""

  from_cut: np.ndarray
  from_end: np.ndarray
  upper: np.ndarray
  """Whether the nearest cut has what is kept below it."""
  has_cut: np.ndarray
  """Whether the group has both, some that are kept and some dropped."""


def orders(rank, groups):
  """Yields [n] indices by ascending rank, of one group after the other."""
  order = np.lexsort((rank, groups))
  ends = np.flatnonzero(np.diff(groups[order])) + 1
  yield from np.split(order, ends)


def positions(kept):
  """[c] places in an order, kept [n] bool, before which kept and not change."""
  return np.flatnonzero(np.diff(kept)) + 1


def places(rank, groups, kept, direction):
  """The Places of all examples.

  Args:
    rank: [N] places in the one order, from the lowest score.
    groups: [N] int.
    kept: [N] bool.
    direction: 'high' | 'middle' | 'low' scores are kept: where a group that is
      kept or dropped as a whole would be cut.
  """
  number = len(rank)
  found = Places(
    np.zeros(number, int), np.zeros(number, int),
    np.zeros(number, bool), np.zeros(number, bool),
  )  # fmt: skip
  for own in orders(rank, groups):
    for column, values in zip(found, along(kept[own], direction), strict=True):
      column[own] = values
  return found


def along(kept, direction):
  """The Places of one group, kept [n] bool in ascending order."""
  size, number = len(kept), int(kept.sum())
  cuts = positions(kept)
  has_cut = np.full(size, len(cuts) > 0)
  if not len(cuts):
    first = select.head(size - number, direction)
    ends = {'low': [number], 'middle': [first, first + number]}
    cuts = np.array(ends.get(direction, [first]))
  place = np.arange(size)
  passed = np.searchsorted(cuts, place, side='right')
  bounded = np.concatenate([[-size - 1], cuts, [2 * size + 1]])
  before, after = place - bounded[passed] + 1, bounded[passed + 1] - place
  from_cut = np.minimum(before, after)
  upper = (after <= before) == kept
  side = np.where(kept, 0, 1 + upper)
  farthest = np.zeros(3, int)
  np.maximum.at(farthest, side, from_cut)
  return Places(from_cut, farthest[side] - from_cut, upper, has_cut)


def thresholds(score, rank, groups, kept):
  """group -> [c] scores half-way between the two examples beside each cut."""
  found = {}
  for own in orders(rank, groups):
    cuts = positions(kept[own])
    ordered = score[own].astype(float)
    found[int(groups[own[0]])] = (ordered[cuts - 1] + ordered[cuts]) / 2
  return found


def first(steps, groups, among, number):
  """[<= number] indices of the fewest steps, a group after the other.

  Args:
    steps: [N] int, `from_cut` or `from_end`.
    groups: [N] int; of equal steps, that of the largest group comes first.
    among: [N] bool, which are asked for.
    number: How many.
  """
  _, own, sizes = np.unique(groups, return_inverse=True, return_counts=True)
  index = np.flatnonzero(among)
  order = np.lexsort((own[index], -sizes[own[index]], steps[index]))
  return index[order[:number]]
