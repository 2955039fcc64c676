"""What is kept by chance, against every selection that there is."""

import itertools

import numpy as np
import pytest

from prune_dm_jax.metrics import shares

SIZE, NUMBER, PLANTED = 9, 4, 3


def every():
  """[126, 9] bool: all selections of four out of nine."""
  chosen = itertools.combinations(range(SIZE), NUMBER)
  return np.array([np.isin(range(SIZE), those) for those in chosen])


def test_chance_counts_every_selection():
  counts = np.bincount(every()[:, :PLANTED].sum(1), minlength=PLANTED + 1)
  got = shares.by_chance(SIZE, NUMBER, PLANTED)
  np.testing.assert_allclose(got, counts / 126)


@pytest.mark.parametrize('pairs', [1, 3, 4])
def test_pairs_by_chance_count_every_selection(pairs):
  both = every()[:, : 2 * pairs].reshape(-1, pairs, 2).all(2).sum(1)
  got = shares.pairs_by_chance(SIZE, NUMBER, pairs)
  np.testing.assert_allclose(got, np.bincount(both, minlength=pairs + 1) / 126)


@pytest.mark.parametrize('number', [1, 500, 899])
def test_of_many_pairs_the_mean_is_that_of_one(number):
  chances = shares.pairs_by_chance(1000, number, 40)
  np.testing.assert_allclose(chances.sum(), 1)
  mean, low, high = shares.expected(chances)
  one = number * (number - 1) / (1000 * 999)
  np.testing.assert_allclose(mean, 40 * one, atol=1e-9)
  assert low <= mean <= high or number == 1


@pytest.mark.parametrize('number', [10, 50, 97])
def test_at_most_a_fortieth_is_beyond_either_end_and_more_within(number):
  chances = shares.by_chance(100, number, 20)
  _, low, high = shares.expected(chances)
  assert chances[:low].sum() <= 0.025 < chances[: low + 1].sum()
  assert chances[high + 1 :].sum() <= 0.025 + 1e-12 < chances[high:].sum()
  assert shares.as_few(chances, 20) == pytest.approx(1)
  both_tails = shares.as_few(chances, low) + shares.as_many(chances, low + 1)
  assert both_tails == pytest.approx(1)


def test_the_interval_of_none_and_of_all_is_a_power():
  end = 0.025 ** (1 / 12)
  np.testing.assert_allclose(shares.interval(0, 12), (0, 1 - end))
  np.testing.assert_allclose(shares.interval(12, 12), (end, 1))


def test_what_leaves_first_has_an_area_of_one_and_ties_a_half():
  first, rest = np.zeros(3), np.arange(1.0, 6)
  assert shares.area(first, rest) == 1 and shares.area(first + 9, rest) == 0
  assert shares.area(np.full(3, 2.0), np.full(5, 2.0)) == 0.5


def test_the_area_of_pairs_compares_with_every_two_others():
  rng = np.random.default_rng(0)
  pairs, rest = rng.integers(0, 6, (5, 2)), rng.integers(0, 6, 7)
  two = np.array([min(p) for p in itertools.combinations(rest, 2)])
  first = pairs.min(1)[:, None]
  expected = ((first < two) + 0.5 * (first == two)).mean()
  np.testing.assert_allclose(shares.area_of_pairs(pairs, rest), expected)
