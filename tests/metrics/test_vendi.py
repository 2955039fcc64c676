"""Vendi score and kernel distance."""

import itertools

import numpy as np
import pytest

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import kid
from prune_dm_jax.metrics import vendi


def drawn(number, width, seed=0):
  return np.random.default_rng(seed).normal(size=(number, width))


@pytest.mark.parametrize('width', [7, 100])
def test_orthogonal_groups_of_one_size_count_as_many(width):
  """Of 28 rows: the product of features, and that of examples."""
  x = np.repeat(np.eye(7, width), 4, axis=0) * np.arange(1, 29)[:, None]
  for value in vendi.scores(x, vendi.ORDERS).values():
    np.testing.assert_allclose(value, 7, rtol=1e-9)


def test_groups_of_unequal_sizes_are_the_entropy_of_their_shares():
  p = np.array([0.5, 0.3, 0.2])
  x = np.repeat(np.eye(3), (10 * p).astype(int), axis=0)
  got = vendi.scores(x, vendi.ORDERS)
  np.testing.assert_allclose(got[1], np.exp(-(p * np.log(p)).sum()))
  np.testing.assert_allclose(got[0.5], np.sqrt(p).sum() ** 2)
  np.testing.assert_allclose(got[2], 1 / np.square(p).sum())
  np.testing.assert_allclose(got[np.inf], 2)


def test_what_is_collapsed_counts_once():
  got = vendi.scores(np.full((30, 5), 2.0), vendi.ORDERS)
  np.testing.assert_allclose(list(got.values()), 1, rtol=1e-6)


def test_it_is_the_one_of_the_package_vendi_score():
  """Made by vendi_score 0.0.3: with x = default_rng(0).normal(size=(60, 8)) + 0.5

  score_dual(x, q) for 0.5, 1, 2, 'inf', of rows at length 1; and with y of
  (7, 8), score_K(y @ y.T, q) for 1, 2.
  """
  x, y = drawn(60, 8) + 0.5, drawn(7, 8)
  wide = [
    7.55383848518211,
    7.122040458764638,
    6.344305665985186,
    3.68245402721857,
  ]
  got = vendi.scores(x, vendi.ORDERS)
  np.testing.assert_allclose(list(got.values()), wide, rtol=1e-6)
  got = vendi.scores(y, (1.0, 2.0))
  np.testing.assert_allclose(
    list(got.values()), [4.178847221027159, 3.377241843429106], rtol=1e-6
  )


def test_blocks_do_not_change_it(monkeypatch):
  x = drawn(50, 6)
  expected = vendi.scores(x)[1]
  monkeypatch.setattr(frechet, 'BLOCK', 7)
  np.testing.assert_allclose(vendi.scores(x)[1], expected, rtol=1e-12)


@pytest.mark.parametrize('width', [5, 80])
def test_what_is_left_out_is_the_score_of_the_others(width):
  x = drawn(40, width)
  group = vendi.intervals.groups(40)
  for g, found in enumerate(vendi.left_out(x, (1.0, 2.0))):
    expected = vendi.scores(x[group != g], (1.0, 2.0))
    np.testing.assert_allclose(
      list(found.values()), list(expected.values()), rtol=1e-9
    )


def test_a_row_without_direction_is_named():
  x = drawn(9, 3)
  x[4] = 0
  with pytest.raises(ValueError, match='example 4 are zero'):
    vendi.scores(x)


def double_sum(x, y):
  """Unbiased MMD^2 by its definition, pair by pair."""
  k = lambda a, b: (a @ b / len(a) + 1) ** 3
  own = lambda z: np.mean([k(a, b) for a, b in itertools.permutations(z, 2)])
  between = np.mean([k(a, b) for a, b in itertools.product(x, y)])
  return own(x) + own(y) - 2 * between


def test_the_kernel_distance_is_the_double_sum():
  x, y = drawn(25, 4), drawn(25, 4, seed=1) + 0.5
  value, low, high = kid.metric(dict(features=x, reference_features=y))[
    'kernel_distance'
  ]
  np.testing.assert_allclose(value, double_sum(x, y), rtol=1e-9)
  assert low < value < high


def test_subsets_of_many_are_near_the_whole(monkeypatch):
  x, y = drawn(600, 4), drawn(500, 4, seed=1) + 0.3
  whole = kid.mmd(*kid.kernels(x[:500], y))
  monkeypatch.setattr(kid, 'SIZE', 100)
  value, low, high = kid.metric(dict(features=x, reference_features=y))[
    'kernel_distance'
  ]
  assert low < whole < high and abs(value - whole) < 0.3 * whole


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
  """Of one distribution the kernel distance is zero, without bias."""
  inside = 0
  for seed in range(60):
    x, y = drawn(80, 3, 2 * seed), drawn(80, 3, 2 * seed + 1)
    _, low, high = kid.metric(dict(features=x, reference_features=y))[
      'kernel_distance'
    ]
    inside += low < 0 < high
  assert inside >= 50
