import itertools

import numpy as np
import pytest

from prune_dm_jax.pruning import cuts
from prune_dm_jax.pruning import select

SCORES = np.random.default_rng(0).normal(size=203)
GROUPS = np.random.default_rng(1).integers(0, 7, 203) ** 2  # uneven, with gaps
RANK = np.argsort(select.ascending(SCORES, 0))
KEEPS = ['low', 'high', 'middle']


def along(text, direction='low'):
  """Places of an order written with k for kept and - for dropped."""
  return cuts.along(np.array([c == 'k' for c in text]), direction)


def selected(keep, ratio=0.6, allocation='proportional'):
  """[203] bool, what `select` keeps."""
  number = select.number_kept(203, ratio)
  kept = select.select(
    SCORES, GROUPS, number=number, keep=keep, allocation=allocation, seed=0
  )
  return np.isin(np.arange(203), kept)


def test_steps_are_counted_from_the_cut_and_from_the_far_ends():
  at = along('kkk----')
  assert at.from_cut.tolist() == [3, 2, 1, 1, 2, 3, 4]
  assert at.from_end.tolist() == [0, 1, 2, 3, 2, 1, 0]
  assert at.upper.all() and at.has_cut.all()


def test_the_middle_has_a_lower_and_an_upper_cut():
  at = along('--kkkkk---', 'middle')
  assert at.from_cut.tolist() == [2, 1, 1, 2, 3, 2, 1, 1, 2, 3]
  assert at.from_end.tolist() == [0, 1, 2, 1, 0, 1, 2, 2, 1, 0]
  assert at.upper.tolist()[:4] == [False] * 4
  assert at.upper.tolist()[5:] == [True] * 5


@pytest.mark.parametrize(
  ('direction', 'order'),
  [('low', 'kkk'), ('high', '---'), ('middle', 'kkk')],
)
def test_a_whole_group_has_ends_but_no_cut(direction, order):
  at = along(order, direction)
  assert not at.has_cut.any()
  typical = {'low': 0, 'high': 0, 'middle': 1}[direction]
  assert at.from_end.argmin() == typical


@pytest.mark.parametrize('keep', KEEPS)
def test_borderline_is_beside_the_cut_of_ones_own_group(keep):
  """No other of the same side and group is between an example and its cut."""
  kept = selected(keep)
  at = cuts.places(RANK, GROUPS, kept, keep)
  for group in np.unique(GROUPS):
    own = np.flatnonzero(GROUPS == group)
    own = own[np.argsort(SCORES[own])]
    change = np.flatnonzero(kept[own][1:] != kept[own][:-1])
    beside = np.union1d(own[change], own[change + 1])
    np.testing.assert_array_equal(
      np.sort(own[at.from_cut[own] == 1]), np.sort(beside)
    )


@pytest.mark.parametrize(
  ('keep', 'allocation'),
  list(itertools.product(KEEPS, ['proportional', 'waterfill'])),
)
def test_a_threshold_parts_kept_from_dropped_in_its_group(keep, allocation):
  kept = selected(keep, allocation=allocation)
  found = cuts.thresholds(SCORES, RANK, GROUPS, kept)
  for group, values in found.items():
    own = GROUPS == group
    inside = {
      'low': lambda s, v: s < v[0],
      'high': lambda s, v: s > v[0],
      'middle': lambda s, v: (s > v[0]) & (s < v[1]),
    }[keep]
    if len(values) == (2 if keep == 'middle' else 1):
      np.testing.assert_array_equal(kept[own], inside(SCORES[own], values))
    else:
      assert allocation == 'waterfill' and kept[own].all()


def test_the_first_are_of_each_group_in_turn_the_largest_first():
  groups = np.array([5, 5, 2, 2, 2, 9])
  steps = np.array([1, 2, 1, 2, 3, 1])
  everyone = np.ones(6, bool)
  assert cuts.first(steps, groups, everyone, 4).tolist() == [2, 0, 5, 3]
  assert cuts.first(steps, groups, groups == 5, 4).tolist() == [0, 1]
