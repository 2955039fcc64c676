"""Every way from noise to a sample, at its default configuration."""

import types

import jax.numpy as jnp
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import flow
from prune_dm_jax.flow import stochastic
from prune_dm_jax.stages import sample

MEAN, STD = 0.25, 0.5


def velocity(x, t):
  """Of data N(MEAN, STD^2), along the linear path."""
  t = t[:, None, None, None]
  slope = (t * STD**2 - (1 - t)) / (t**2 * STD**2 + (1 - t) ** 2)
  return MEAN + slope * (x - t * MEAN)


def solved(step, index, **keys):
  """Samples and evaluations."""
  config = digits_quick.get_config('random')
  config.sample.update(step=step, **keys)
  solve = sample.solver(types.SimpleNamespace(config=config))
  return solve(velocity, jnp.asarray(index))


def assert_is_data(x):
  """512 numbers: five deviations of chance, and what ten steps are off."""
  np.testing.assert_allclose(x.mean(), MEAN, atol=0.15)
  np.testing.assert_allclose(x.std(), STD, rtol=0.25)


@pytest.mark.parametrize('step', flow.SOLVERS)
def test_a_sample_follows_its_index_and_not_whom_it_is_drawn_with(step):
  if step == 'dopri5':
    pytest.importorskip('diffrax')
  x, evaluations = solved(step, range(8))
  some, of_some = solved(step, [4, 1])
  same = dict(atol=1e-6) if step == 'dopri5' else dict(rtol=0)
  np.testing.assert_allclose(some, x[jnp.array([4, 1])], **same)
  np.testing.assert_array_equal(of_some, evaluations[jnp.array([4, 1])])
  assert_is_data(x)
  assert x.shape[0] == len(evaluations) and (evaluations > 0).all()


def test_noise_is_another_one_in_each_step_and_example(monkeypatch):
  own = flow.SOLVERS['euler_maruyama']
  drawn = []

  def integrate(velocity, x0, noise, **rest):
    drawn.extend([x0, *(noise(i) for i in range(3))])
    return own.integrate(velocity, x0, noise, **rest)

  changed = own._replace(integrate=integrate)
  monkeypatch.setitem(flow.SOLVERS, 'euler_maruyama', changed)
  solved('euler_maruyama', range(2))
  assert len(np.unique(drawn)) == np.array(drawn).size


@pytest.mark.parametrize('diffusion', stochastic.DIFFUSIONS)
def test_every_diffusion_is_chosen_by_its_name(diffusion):
  x, evaluations = solved(
    'euler_maruyama', range(8), diffusion=diffusion, num_steps=10
  )
  assert_is_data(x)
  assert (evaluations == 10).all()
