"""GraNd and EL2N in units of each time's mean, against closed forms."""

import jax
import numpy as np
import pytest

from prune_dm_jax.pruning import METHODS

KEY = jax.random.key(0)
RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(2, 40, 3)) ** 2 * [1, 50, 0.02]


@pytest.fixture(params=['grand', 'el2n'])
def name(request):
  return request.param


def scores(name, values):
  """Of values [R, N, draws], for losses those of the last of two evaluations."""
  losses = np.stack([1 + 0 * values, values], axis=1)
  return METHODS[name].scores({'gradients': values, 'losses': losses}, key=KEY)


def test_scores_are_means_over_surrogates_and_draws_of_the_parts_of_a_mean(
  name,
):
  found, error, group = scores(f'{name}_by_time', VALUES)
  for i in range(40):
    parts = [
      VALUES[r, i, d] / (sum(VALUES[r, :, d]) / 40)
      for r in range(2)
      for d in range(3)
    ]
    assert abs(found[i] - sum(parts) / 6) < 1e-5
  assert abs(found.mean() - 1) < 1e-6 and np.isfinite(error).all()
  assert not group.any()


def test_a_time_at_which_all_are_larger_weighs_no_more_than_another(name):
  units = np.array([[[3.0, 1e-4, 1e5]], [[7, 7, 7]]])
  plain = scores(f'{name}_by_time', VALUES)[0]
  scaled = scores(f'{name}_by_time', VALUES * units)[0]
  np.testing.assert_allclose(scaled, plain, rtol=1e-5)
  assert not np.allclose(scores(name, VALUES * units)[0], plain, rtol=0.1)


def test_data_in_another_order_has_the_same_scores_in_that_order(name):
  """A mean over those before would give the first another score than the last."""
  plain = scores(f'{name}_by_time', VALUES)[0]
  for order in (np.arange(40)[::-1], RNG.permutation(40)):
    moved = scores(f'{name}_by_time', VALUES[:, order])[0]
    np.testing.assert_allclose(moved, plain[order], rtol=1e-6)


def test_of_one_draw_the_order_is_the_plain_one(name):
  one = VALUES[:1, :, :1]
  ranks = [np.argsort(scores(n, one)[0]) for n in (name, f'{name}_by_time')]
  np.testing.assert_array_equal(*ranks)


def test_a_draw_that_is_nothing_for_all_says_nothing(name):
  values = VALUES * [1, 0, 1]
  found = scores(f'{name}_by_time', values)[0]
  alone = scores(f'{name}_by_time', values[..., ::2])[0]
  np.testing.assert_allclose(found, alone * 2 / 3, rtol=1e-5)
