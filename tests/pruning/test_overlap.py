"""Agreement of two subsets, against counts by hand and against chance itself."""

import itertools

import numpy as np
import pytest
from scipy import stats

from prune_dm_jax.pruning import overlap

RNG = np.random.default_rng(0)


def mask(size, *indices):
  return np.isin(np.arange(size), indices)


def test_the_expected_overlap_is_the_mean_over_all_pairs_of_subsets():
  """Of 2 of {0..4} and 3 of {1..6}: every pair, counted."""
  first = list(itertools.combinations(range(5), 2))
  second = list(itertools.combinations(range(1, 7), 3))
  shared = [len({*a} & {*b}) for a in first for b in second]
  found = overlap.overlap(
    [mask(7, 0, 1), mask(7, 1, 2, 6)],
    [mask(7, *range(5)), mask(7, *range(1, 7))],
  )
  assert found[:3] == (2, 3, 1)
  assert found.expected == pytest.approx(np.mean(shared))


@pytest.mark.parametrize(
  ('sizes', 'wanted'),
  [((4, 4, 4), 1), ((4, 4, 0), 0), ((3, 5, 2), 1 / 3), ((0, 0, 0), 1)],
)
def test_jaccard_is_what_is_shared_of_what_is_in_either(sizes, wanted):
  assert overlap.jaccard(*sizes) == pytest.approx(wanted)


def test_groups_are_counted_the_largest_first_and_those_below_zero_not_at_all():
  values = RNG.integers(-1, 6, 300) ** 3
  kept = [RNG.random(300) < 0.4, RNG.random(300) < 0.6]
  found = overlap.by(values, kept, most=3)
  sizes = {v: int((values == v).sum()) for v in set(values.tolist()) if v >= 0}
  assert [row[1] for row in found] == sorted(sizes.values())[:-4:-1]
  for value, size, *counts in found:
    own = values == value
    assert size == sizes[value]
    assert counts == [int((own & k).sum()) for k in (*kept, kept[0] & kept[1])]


def test_rank_correlation_is_that_of_scipy_with_ties():
  first = RNG.integers(0, 9, 200)
  second = first + RNG.integers(0, 9, 200)
  wanted = stats.spearmanr(first, second).statistic
  assert overlap.spearman([first, second]) == pytest.approx(wanted)
  assert overlap.spearman([first, -first]) == pytest.approx(-1)


def test_rank_correlation_of_a_constant_is_not_a_number():
  assert np.isnan(overlap.spearman([np.ones(5), np.arange(5)]))


def test_what_moved_is_the_share_of_places_between_two_orders():
  orders = [np.array([10, 20, 30, 40]), np.array([4, 2, 3, 1])]
  assert overlap.moved(orders).tolist() == [0.75, 0, 0, 0.75]
