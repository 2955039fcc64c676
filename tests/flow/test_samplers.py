import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import samplers

ORDER = {'euler': 1, 'heun': 2}


def error_after(step, num_steps):
  """Of dx/dt = x cos(3t), x(0) = 1, whose answer is exp(sin(3)/3)."""
  velocity = lambda x, t: x * jnp.cos(3 * t)
  with jax.enable_x64(True):
    x = samplers.integrate(
      velocity, jnp.ones(1, jnp.float64), step=step, num_steps=num_steps
    )
  return abs(float(x[0]) - np.exp(np.sin(3) / 3))


@pytest.mark.parametrize('name', samplers.STEPS)
def test_twice_the_steps_cut_the_error_by_the_order(name):
  step = samplers.STEPS[name]
  ratio = error_after(step, 100) / error_after(step, 200)
  np.testing.assert_allclose(np.log2(ratio), ORDER[name], atol=0.1)


@pytest.mark.parametrize('name', samplers.STEPS)
def test_a_step_asks_for_the_velocity_as_often_as_its_order(name):
  """No fewer would do up to order 4 (Butcher), and these take no more."""
  assert samplers.evaluations(samplers.STEPS[name]) == ORDER[name]


@pytest.mark.parametrize('name', samplers.STEPS)
def test_one_step_along_a_straight_flow_is_exact(name):
  noise = jax.random.normal(jax.random.key(0), (2, 3))
  data = jnp.arange(6.0).reshape(2, 3)
  got = samplers.integrate(
    lambda x, t: data - noise, noise, step=samplers.STEPS[name], num_steps=1
  )
  np.testing.assert_allclose(got, data, atol=1e-6)


@pytest.mark.parametrize('num_steps', [1, 2, 7])
def test_n_steps_are_n_steps_and_end_at_one(num_steps):
  """Euler on dx/dt = t sums the left ends of N equal intervals of [0, 1]."""
  x = samplers.integrate(
    lambda x, t: t, jnp.zeros(1), step=samplers.euler, num_steps=num_steps
  )
  np.testing.assert_allclose(x, [(num_steps - 1) / (2 * num_steps)], atol=1e-6)


def test_the_noise_of_a_sample_follows_its_index():
  key = jax.random.key(3)
  all_of_them = samplers.noise_at(key, jnp.arange(8), (2, 2))
  some = samplers.noise_at(key, jnp.array([6, 1]), (2, 2))
  np.testing.assert_array_equal(some, all_of_them[jnp.array([6, 1])])
  assert len(np.unique(all_of_them)) == all_of_them.size
