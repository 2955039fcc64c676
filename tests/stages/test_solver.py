"""Every way from noise to a sample, at its default configuration."""

import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import flow
from prune_dm_jax.stages import sample

MEAN, STD = 0.25, 0.5


def velocity(x, t):
  """Of data N(MEAN, STD^2), along the linear path."""
  t = t[:, None, None, None]
  slope = (t * STD**2 - (1 - t)) / (t**2 * STD**2 + (1 - t) ** 2)
  return MEAN + slope * (x - t * MEAN)


def solver_of(step):
  """index [S] -> samples and evaluations."""
  config = digits_quick.get_config('random')
  config.sample.update(step=step, num_steps=20)
  return sample.solver(types.SimpleNamespace(config=config))


def assert_is_data(x):
  """512 numbers: five deviations of chance, and what twenty steps are off."""
  np.testing.assert_allclose(x.mean(), MEAN, atol=0.15)
  np.testing.assert_allclose(x.std(), STD, rtol=0.25)


@pytest.mark.parametrize('step', flow.SOLVERS)
def test_a_sample_follows_its_index_and_not_whom_it_is_drawn_with(step):
  if step == 'dopri5':
    pytest.importorskip('diffrax')
  draw = jax.jit(functools.partial(solver_of(step), velocity))
  x, evaluations = draw(jnp.arange(8))
  some, of_some = draw(jnp.array([4, 1, 90, 91, 92, 93, 94, 95]))
  same = dict(atol=1e-6) if step == 'dopri5' else dict(rtol=0)
  np.testing.assert_allclose(some[:2], x[jnp.array([4, 1])], **same)
  np.testing.assert_array_equal(of_some[:2], evaluations[jnp.array([4, 1])])
  assert_is_data(x)
  assert x.shape[0] == len(evaluations) and (evaluations > 0).all()


def test_noise_is_another_one_in_each_step_and_example(monkeypatch):
  own = flow.SOLVERS['euler_maruyama']
  drawn = lambda velocity, x0, noise, **_: [x0, *map(noise, range(3))]
  changed = own._replace(integrate=drawn)
  monkeypatch.setitem(flow.SOLVERS, 'euler_maruyama', changed)
  found = np.array(solver_of('euler_maruyama')(velocity, jnp.arange(2)))
  assert len(np.unique(found)) == found.size
