"""Intervals of what is taken of two sets, by simulation with a known truth."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import cdist

from prune_dm_jax.benchmarks.intervals import LAWS
from prune_dm_jax.benchmarks.intervals import drawn
from prune_dm_jax.metrics import halves
from prune_dm_jax.metrics import precision_recall


def test_balls_of_small_sets_are_those_of_all_distances():
  x, y = drawn(np.random.default_rng(0), 60, 5, 'shifted')
  x, y = x + 50, y + 50
  found = precision_recall.roughly_inside(x, y, k=3, k_density=5)
  reach = lambda a, k: np.sort(cdist(a, a), axis=1)[:, k]
  apart = cdist(y, x)
  counts = (apart <= reach(y, 5)[:, None]).sum(axis=0)
  of_reference = (apart <= reach(y, 3)[:, None]).any(axis=0)
  np.testing.assert_array_equal(found.generated, of_reference)
  np.testing.assert_array_equal(
    found.reference, (apart <= reach(x, 3)).any(axis=1)
  )
  np.testing.assert_array_equal(found.number, counts)
  covered = (apart <= reach(y, 5)[:, None]).any(axis=1)
  np.testing.assert_array_equal(found.covered, covered)


def test_effects_are_one_of_independent_examples_and_two_of_two_sides():
  """Means of one side, and of the difference of both."""
  sides = np.random.default_rng(0).standard_normal((2, 4000, 1))
  means = lambda x, y: (
    np.array([x.mean(), x.mean() - y.mean()]),
    np.full(2, x.var() / len(x)),
  )
  found = np.mean([
    halves.effects(means, np.roll(sides, s, axis=1)) for s in range(20)
  ], axis=0)  # fmt: skip
  np.testing.assert_allclose(found, [1, 2], rtol=0.15)


def test_halves_share_no_example():
  side = np.arange(41)[:, None]
  (a, c), (b, d) = halves.drawn(np.random.default_rng(0), [side, side])
  assert len({*a.ravel(), *b.ravel()}) == len({*c.ravel(), *d.ravel()}) == 40


def test_below_twenty_a_side_there_is_no_interval(monkeypatch):
  monkeypatch.setattr(
    precision_recall, 'inside', precision_recall.roughly_inside
  )  # Without compiling.
  x, y = drawn(np.random.default_rng(0), 19, 4, 'shifted')
  found = precision_recall.metric({'features': x, 'reference_features': y})
  assert all(np.isnan(low) for _, low, _ in found.values())


def test_where_all_are_inside_the_interval_is_wilsons(monkeypatch):
  """z^2 / (n + z^2) are left."""
  monkeypatch.setattr(
    precision_recall, 'inside', precision_recall.roughly_inside
  )  # Without compiling.
  x = np.ones((50, 3), np.float32)
  found = precision_recall.metric({'features': x, 'reference_features': x})
  for name in ('precision', 'recall', 'f_score', 'coverage'):
    low = 50 / (50 + halves.STUDENT**2)
    assert found[name] == pytest.approx((1, low, 1))


def covered(monkeypatch, number, width, law, times):
  """name -> (share of intervals that hold the mean, their half over 2.131 sd)."""
  inside = precision_recall.roughly_inside  # As exact, and without compiling.
  monkeypatch.setattr(precision_recall, 'inside', inside)
  rng = np.random.default_rng(number + width)
  found = []
  for _ in range(times):
    x, y = drawn(rng, number, width, law)
    given = {'features': x, 'reference_features': y}
    found.append(list(precision_recall.metric(given).values()))
  value, low, high = np.moveaxis(found, 2, 0)
  truth, spread = value.mean(axis=0), value.std(axis=0)
  holds = ((low <= truth) & (truth <= high)).mean(axis=0)
  width = (high - low).mean(axis=0) / 2 / halves.STUDENT
  print(number, law, np.round(holds, 3), np.round(width / spread, 2))
  return truth, holds, width / np.maximum(spread, 1e-9)


def check(truth, holds, wide, times):
  """93 % at least, but for chance; and as wide as they must be, off the ends."""
  assert holds.min() >= stats.binom.ppf(0.0005, times, 0.93) / times
  free = (truth > 0.1) & (truth < 0.95) | (np.arange(5) == 3)
  assert np.all((wide > 0.75) & (wide < 1.3) | ~free)


@pytest.mark.parametrize('law', LAWS)
def test_intervals_hold_what_they_say(law, monkeypatch):
  truth, holds, wide = covered(monkeypatch, 80, 6, law, 60)
  assert holds.min() >= stats.binom.ppf(0.0005, 60, 0.93) / 60
  assert wide[3] > 0.8


@pytest.mark.slow
@pytest.mark.parametrize('width', [8, 32, 64])
@pytest.mark.parametrize('law', LAWS)
def test_intervals_of_200_hold_what_they_say(law, width, monkeypatch):
  check(*covered(monkeypatch, 200, width, law, 120), 120)


@pytest.mark.thorough
@pytest.mark.parametrize('number', [200, 359, 1000])
@pytest.mark.parametrize('width', [8, 32, 64])
@pytest.mark.parametrize('law', LAWS)
def test_intervals_hold_what_they_say_in_all_places(
  law, width, number, monkeypatch
):
  check(*covered(monkeypatch, number, width, law, 300), 300)
