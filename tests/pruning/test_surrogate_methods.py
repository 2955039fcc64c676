"""Monotonicity, EL2N, GraNd and MoSo, of what passes over the data gave."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.pruning import el2n
from prune_dm_jax.pruning import grand
from prune_dm_jax.pruning import monotonicity
from prune_dm_jax.pruning import moso

KEY = jax.random.key(0)
LOSSES = np.random.default_rng(0).normal(size=(2, 5, 7, 3)) ** 2


def test_el2n_is_the_mean_loss_at_the_last_evaluation():
  score, _, group = el2n.scores({'losses': LOSSES}, key=KEY)
  np.testing.assert_allclose(score, LOSSES[:, 4].mean(axis=(0, 2)), rtol=1e-6)
  assert (group == 0).all()


def test_monotonicity_counts_the_rises_from_one_evaluation_to_the_next():
  losses = np.array([3.0, 2, 2, 4, 1, 5])[None, :, None, None]  # Two rises.
  losses = np.concatenate([losses, -losses], axis=2)  # Two falls: one is equal.
  score = monotonicity.scores({'losses': losses}, key=KEY)[0]
  np.testing.assert_array_equal(score, [2, 2])
  still = monotonicity.scores({'losses': np.ones((1, 6, 4, 2))}, key=KEY)[0]
  np.testing.assert_array_equal(still, np.zeros(4))


def test_monotonicity_is_the_mean_over_surrogates_and_draws():
  score = monotonicity.scores({'losses': LOSSES}, key=KEY)[0]
  rises = (np.diff(LOSSES, axis=1) > 0).sum(axis=1)
  np.testing.assert_allclose(score, rises.mean(axis=(0, 2)), rtol=1e-6)


def test_grand_is_the_mean_norm_and_not_the_norm_of_the_mean():
  score = grand.scores({'gradients': LOSSES[:, 0]}, key=KEY)[0]
  np.testing.assert_allclose(score, LOSSES[:, 0].mean(axis=(0, 2)), rtol=1e-6)


def loss(params, x, y):
  return jnp.square(jnp.tanh(x @ params['a']) @ params['b'] - y)


@pytest.fixture
def regression():
  rng = np.random.default_rng(0)
  params = {'a': rng.normal(size=(4, 6)), 'b': rng.normal(size=6)}
  return params, rng.normal(size=(9, 4)), rng.normal(size=9)


def gradients(params, x, y):
  alone = lambda params, x, y: loss(params, x[None], y[None])[0]
  each = jax.vmap(jax.grad(alone), (None, 0, 0))(params, x, y)
  return np.concatenate(
    [g.reshape(len(x), -1) for g in jax.tree.leaves(each)], axis=1
  )


def mean_gradient(params, x, y):
  return jax.grad(lambda params: loss(params, x, y).mean())(params)


def test_leave_one_out_is_what_dropping_the_example_gives(regression):
  with jax.enable_x64(True):
    params, x, y = regression
    each = gradients(params, x, y)
    whole = mean_gradient(params, x, y)
    dots = moso.agreement(loss, params, whole, x, y)
    got = moso.leave_one_out(dots, np.square(each).sum(axis=1), 9)
    for i in range(9):
      others = np.arange(9) != i
      rest = mean_gradient(params, x[others], y[others])
      flat = np.concatenate([g.ravel() for g in jax.tree.leaves(rest)])
      np.testing.assert_allclose(got[i], flat @ each[i], rtol=1e-9)


def surrogates(dots, squared_norms, subset):
  given = dict(dots=dots, squared_norms=squared_norms, subset=subset)
  return moso.scores({'surrogates': given}, key=KEY)[0]


def terms():
  rng = np.random.default_rng(1)
  return rng.normal(size=(2, 8, 3)), rng.normal(size=(2, 8, 3)) ** 2


def test_moso_weighs_checkpoints_and_subsets_alike():
  """A learning rate, or a loss on another scale, changes nothing."""
  dots, norms = terms()
  subset = np.array([0, 1, 0, 1, 1, 0, 0, 1], np.int32)
  plain = surrogates(dots, norms, subset)
  scale = np.array([5.0, 0.01])[:, None, None] * np.where(
    subset[None, :, None] == 1, 7, 1
  )
  np.testing.assert_allclose(
    surrogates(dots * scale, norms * scale, subset), plain, rtol=1e-5
  )
  assert np.square(surrogates(dots[:1], norms[:1], 0 * subset)).mean() == (
    pytest.approx(1)
  )


def test_moso_is_high_where_an_example_agrees_with_the_others():
  """Of gradients (1, 1, 1, -1), the last works against the rest."""
  g = np.array([1.0, 1, 1, -1])
  score = surrogates(
    (g * g.mean())[None, :, None], (g**2)[None, :, None], np.zeros(4, np.int32)
  )
  np.testing.assert_allclose(score / score[0], [1, 1, 1, -3], rtol=1e-6)


def test_subsets_are_disjoint_and_of_sizes_within_one():
  draw = np.random.default_rng(0).random(10)
  subset = moso.subsets(draw, 3)
  assert sorted(np.bincount(subset)) == [3, 3, 4]
  shuffle = np.random.default_rng(1).permutation(10)
  np.testing.assert_array_equal(moso.subsets(draw[shuffle], 3), subset[shuffle])
