import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import path as path_lib

SIT = {'linear': 'Linear', 'gvp': 'GVP', 'vp': 'VP'}


@pytest.mark.parametrize('name', path_lib.PATHS)
def test_x_t_and_v_are_those_of_the_published_code(golden, name):
  arrays = golden('sit_transport')
  x_t, v = path_lib.interpolate(
    path_lib.PATHS[name], arrays['x0'], arrays['x1'], arrays['t']
  )
  np.testing.assert_allclose(x_t, arrays[f'{SIT[name]}_xt'], rtol=0, atol=1e-5)
  np.testing.assert_allclose(v, arrays[f'{SIT[name]}_ut'], rtol=0, atol=1e-5)


@pytest.mark.parametrize('name', path_lib.PATHS)
def test_a_path_ends_at_the_data(name):
  alpha, sigma = path_lib.PATHS[name](jnp.float32(1))
  np.testing.assert_allclose([alpha, sigma], [1, 0], atol=1e-6)


def test_the_linear_path_begins_at_the_noise():
  assert path_lib.linear(0.0) == (0.0, 1.0)


def test_the_loss_is_the_mean_square_of_each_example():
  x1 = jnp.arange(6.0).reshape(2, 3)
  x0 = jnp.ones((2, 3))
  nothing = lambda params, x, t, y: 0 * x
  loss = path_lib.loss(nothing, path_lib.linear)
  got = loss(None, x1, jnp.zeros(2, int), jnp.array([0.2, 0.7]), x0)
  expected = [(1 + 0 + 1) / 3, (4 + 9 + 16) / 3]  # v = x1 - x0
  np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_the_true_velocity_has_no_loss():
  x1 = jax.random.normal(jax.random.key(0), (4, 3))
  x0 = jax.random.normal(jax.random.key(1), (4, 3))
  truth = lambda params, x, t, y: x1 - x0
  loss = path_lib.loss(truth, path_lib.linear)
  got = loss(None, x1, jnp.zeros(4, int), jnp.full(4, 0.3), x0)
  np.testing.assert_allclose(got, 0, atol=1e-12)


@pytest.mark.parametrize('name', path_lib.TIMES)
def test_times_are_inside_the_path_and_centred(name):
  keys = jax.random.split(jax.random.key(0), 4000)
  times = jax.vmap(path_lib.TIMES[name])(keys)
  assert 0 <= times.min() and times.max() <= 1
  assert abs(times.mean() - 0.5) < 0.02


@pytest.mark.parametrize('name', path_lib.PATHS)
def test_no_time_in_float32_has_a_target_that_is_not_finite(name):
  """Of all there are between 0 and 1, the ends, where a root or a log is."""
  near, one = np.float32(0), np.float32(1)
  for _ in range(100):
    near = np.nextafter(near, one)
  below = one - np.float32(2**-24) * np.arange(1, 401, dtype=np.float32)
  ends = [0, np.finfo(np.float32).tiny, near, 1 - 1e-5, *below, one]
  t = jnp.asarray(ends, jnp.float32)
  nothing = lambda params, x, t, y: 0 * x
  loss = path_lib.loss(nothing, path_lib.PATHS[name])
  ones = jnp.ones((len(t), 1))
  got = loss(None, ones, jnp.zeros(len(t), int), t, ones)
  assert np.isfinite(got).all() and got.max() < 60**2
