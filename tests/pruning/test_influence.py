"""Influence of two passes of losses, beside products of gradients one by one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from prune_dm_jax.pruning import influence

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6))
Y = RNG.normal(size=(40, 2))
PARAMS = [RNG.normal(size=shape) / 2 for shape in ((6, 9), (9, 2))]


def loss(params, x, y):
  """[B] of a network that curves."""
  first, last = params
  return jnp.square(jnp.tanh(x @ first) @ last - y).mean(axis=1)


def gradients(places):
  """[n, all parameters]"""
  alone = lambda params, x, y: loss(params, x[None], y[None])[0]
  each = jax.vmap(jax.grad(alone), (None, 0, 0))(PARAMS, X[places], Y[places])
  return np.concatenate(
    [leaf.reshape(len(places), -1) for leaf in each], axis=1
  )


def slopes(on, step=influence.STEP, x=X, y=Y):
  """[40] along the mean gradient of some."""
  total = lambda params: loss(params, X[on], Y[on]).mean()
  params = list(map(jnp.asarray, PARAMS))
  moved = influence.sides(params, jax.grad(total)(params), step)
  return np.asarray(influence.slope(loss)(moved, x, y))


def products(on):
  towards = gradients(on).mean(axis=0)
  return gradients(range(40)) @ towards / np.linalg.norm(towards)


@pytest.fixture
def float64():
  with jax.enable_x64(True):
    yield


def off(found, exact):
  return np.linalg.norm(found - exact) / np.linalg.norm(exact)


def test_it_nears_the_products_with_the_square_of_the_step(float64):
  exact = products([3, 8])
  errors = [off(slopes([3, 8], step), exact) for step in (4e-2, 2e-2, 1e-2)]
  np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.02)


def test_in_float32_it_has_the_products_and_their_order():
  with jax.enable_x64(True):
    exact = products([3, 8])
  found = slopes([3, 8])
  assert found.dtype == np.float32 and off(found, exact) < 1e-3
  assert stats.spearmanr(found, exact)[0] > 0.999


def test_of_two_either_moves_the_other_alike(float64):
  """<g_x, g_z> both ways, each in units of the length of the other's gradient."""
  length = np.linalg.norm(gradients([3, 8]), axis=1)
  there, back = slopes([3])[8] * length[0], slopes([8])[3] * length[1]
  assert there == pytest.approx(back, rel=1e-4)


def test_the_steps_are_as_long_as_they_say(float64):
  up, down, apart = influence.sides(PARAMS, gradient := [p + 1 for p in PARAMS])
  ways = [np.subtract(a, b) for a, b in zip(up, down, strict=True)]
  assert influence.length(ways) == pytest.approx(float(apart))
  assert apart == pytest.approx(2 * influence.STEP * influence.length(PARAMS))
  ratios = np.concatenate(
    [(w / g).ravel() for w, g in zip(ways, gradient, strict=True)]
  )
  np.testing.assert_allclose(ratios, ratios[0])


def test_what_pulls_nowhere_has_no_influence():
  params = list(map(jnp.asarray, PARAMS))
  moved = influence.sides(params, [0 * p for p in params])
  assert not np.any(influence.slope(loss)(moved, X, Y))


def test_halves_count_alike_whatever_the_length_of_their_gradients():
  half, values = np.arange(40) % 2, RNG.normal(size=(40, 3))
  given = lambda slopes: {'influences': {'slopes': slopes, 'half': half}}
  score = influence.scores(given(values), key=None)[0]
  larger = values * np.where(half, 7, 1)[:, None]
  np.testing.assert_allclose(
    influence.scores(given(larger), key=None)[0], score, rtol=1e-5
  )
  mean = values.mean(axis=1)[half == 1]
  np.testing.assert_allclose(
    score[half == 1], mean / np.sqrt(np.mean(mean**2)), rtol=1e-5
  )
