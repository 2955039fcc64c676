import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import guidance
from prune_dm_jax.models import dit
from prune_dm_jax.models import official_dit

X = jnp.ones((2, 1, 1, 4))
T, Y, NULL = jnp.zeros(2), jnp.array([1, 2]), 9


def velocity(x, t, y):
  """The label itself, in every channel."""
  return x * y.reshape(-1, 1, 1, 1)


@pytest.mark.parametrize('name', guidance.GUIDANCE)
def test_weight_one_is_the_labelled_velocity(name):
  guided = guidance.GUIDANCE[name](velocity, Y, weight=1.0, null_class=NULL)
  np.testing.assert_allclose(guided(X, T), velocity(X, T, Y))


def test_all_channels_move_away_from_the_unlabelled_velocity():
  guided = guidance.all_channels(velocity, Y, weight=3.0, null_class=NULL)
  expected = [9 + 3 * (1 - 9), 9 + 3 * (2 - 9)]
  np.testing.assert_allclose(guided(X, T)[:, 0, 0], np.outer(expected, [1] * 4))


def test_three_channels_are_guided_and_the_fourth_is_labelled():
  guided = guidance.first_three_channels(
    velocity, Y, weight=3.0, null_class=NULL
  )
  np.testing.assert_allclose(guided(X, T)[0, 0, 0], [-15, -15, -15, 1])


def test_three_channels_are_those_of_the_published_network(golden):
  """Its second half of the batch is unlabelled, at times of its own."""
  arrays = golden('sit_tiny_learnsigma1')
  weights = {k[2:]: v for k, v in arrays.items() if k.startswith('w:')}
  params = official_dit.from_official(weights)
  network = dit.DiT(
    depth=2, width=48, heads=3, patch=2, num_classes=5, null_class=True,
    out_channels=8,
  )  # fmt: skip

  def published(x, t, y):
    t = jnp.where(y == 5, jnp.tile(arrays['t'][2:], 2), t)
    return network.apply({'params': params}, x, t, y)[..., :4]

  guided = guidance.first_three_channels(
    published, jnp.array(arrays['cfg_y'][:2]),
    weight=float(arrays['cfg_scale']), null_class=5,
  )  # fmt: skip
  x = arrays['x'].transpose(0, 2, 3, 1)[:2]
  got = guided(jnp.array(x), jnp.array(arrays['t'][:2]))
  expected = arrays['cfg_out'].transpose(0, 2, 3, 1)[:2]
  scale = np.abs(expected).max()
  np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=1e-5)
