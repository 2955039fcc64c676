import functools

import gaussian
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.flow import samplers
from prune_dm_jax.flow import stochastic

NUMBER = 5000
PAIRS = [
  *((path, 'sigma') for path in path_lib.PATHS),
  *(('linear', d) for d in stochastic.DIFFUSIONS if d != 'sigma'),
]


def sampled(path, diffusion, num_steps, last_step=0.0):
  """Mean and variance of samples of Gaussian data."""
  draw = functools.partial(jax.random.normal, shape=(NUMBER, 1))
  key = jax.random.key(4)
  x = jax.jit(
    lambda x0: stochastic.integrate(
      gaussian.velocity(path),
      x0,
      lambda i: draw(jax.random.fold_in(key, i)),
      path=path_lib.PATHS[path],
      diffusion=stochastic.DIFFUSIONS[diffusion],
      num_steps=num_steps,
      last_step=last_step,
    )
  )(draw(jax.random.key(3)))
  return float(x.mean()), float(x.var())


def expected(path, diffusion, num_steps, last_step=0.0):
  """The same of infinitely many, by what a step does to mean and variance."""
  last = last_step or 1 / num_steps
  t = np.arange(num_steps) * (1 - last) / (num_steps - 1)
  a, b, center, spread = map(np.asarray, gaussian.affine(path, t))
  sigma = np.sqrt(gaussian.OF[path](t)[2])
  d = np.asarray(stochastic.DIFFUSIONS[diffusion](t, sigma))
  length = np.append(np.full(num_steps - 1, t[1]), last)
  noise = np.append((2 * d * length)[:-1], 0)
  a, b = a + d * center / spread, b - d / spread
  mean, var = 0.0, 1.0
  for i, h in enumerate(length):
    mean += h * (a[i] + b[i] * mean)
    var = var * (1 + h * b[i]) ** 2 + noise[i]
  return mean, var


def assert_within_chance(got, mean, var):
  """Five standard deviations of the mean and the variance of NUMBER draws."""
  assert abs(got[0] - mean) < 5 * (var / NUMBER) ** 0.5
  assert abs(got[1] - var) < 5 * var * (2 / NUMBER) ** 0.5


@pytest.mark.parametrize('path', path_lib.PATHS)
def test_the_score_is_that_of_gaussian_data(path):
  x = jnp.linspace(-2, 2, 9)
  for t in np.float32([0, 0.1, 0.5, 0.9, 0.99]):
    a, b, mean, var = gaussian.affine(path, t)
    got, sigma = stochastic.score(path_lib.PATHS[path], a + b * x, x, t)
    np.testing.assert_allclose(got, (mean - x) / var, rtol=2e-3, atol=1e-3)
    np.testing.assert_allclose(sigma**2, gaussian.OF[path](t)[2], rtol=1e-4)


@pytest.mark.parametrize(('path', 'diffusion'), PAIRS)
def test_samples_have_the_moments_of_the_data_the_closer_the_more_steps(
  path, diffusion
):
  off = {}
  for num_steps in (20, 100):
    mean, var = expected(path, diffusion, num_steps)
    got = sampled(path, diffusion, num_steps)
    assert_within_chance(got, mean, var)
    off[num_steps] = abs(mean - gaussian.MEAN), abs(var / gaussian.STD**2 - 1)
  assert all(b < a / 3 + 1e-3 for a, b in zip(off[20], off[100], strict=True))
  assert max(off[100]) < 0.05


def test_a_last_step_of_its_own_length_goes_to_the_mean():
  of = ('linear', 'sigma', 50, 0.04)
  assert_within_chance(sampled(*of), *expected(*of))


@pytest.mark.parametrize('num_steps', [1, 7, 48])
def test_without_diffusion_the_steps_are_those_of_euler_to_the_bit(num_steps):
  x0 = jax.random.normal(jax.random.key(0), (5, 3))
  velocity = lambda x, t: jnp.sin(3 * x) * t[:, None] - x
  ode = jax.jit(
    lambda x: samplers.integrate(
      velocity, x, step=samplers.euler, num_steps=num_steps
    )
  )
  sde = jax.jit(
    lambda x: stochastic.integrate(
      velocity,
      x,
      lambda i: jax.random.normal(jax.random.key(1), x.shape),
      path=path_lib.linear,
      diffusion=lambda t, sigma: 0 * t,
      num_steps=num_steps,
      last_step=0.0,
    )
  )
  np.testing.assert_array_equal(sde(x0), ode(x0))


@pytest.mark.parametrize(
  ('num_steps', 'last'), [(1, 0.04), (2, 0), (250, 0.04)]
)
def test_steps_are_equal_but_the_last_and_end_at_one(num_steps, last):
  each, of_last = stochastic.lengths(num_steps, last)
  np.testing.assert_allclose(each * (num_steps - 1) + of_last, 1)
  assert of_last == (last if last and num_steps > 1 else 1 / num_steps)
