"""Every way from noise to a sample, at its default configuration."""

import types

import jax.numpy as jnp
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import flow
from prune_dm_jax.flow import stochastic
from prune_dm_jax.stages import sample

TARGET = 0.25


def solved(step, index, **keys):
  """Samples and evaluations, of data that is TARGET everywhere."""
  config = digits_quick.get_config('random')
  config.sample.update(step=step, **keys)
  solve = sample.solver(types.SimpleNamespace(config=config))
  left = lambda t: jnp.maximum(1 - t, 1e-3)[:, None, None, None]
  return solve(lambda x, t: (TARGET - x) / left(t), jnp.asarray(index))


@pytest.mark.parametrize('step', flow.SOLVERS)
def test_a_sample_follows_its_index_and_not_whom_it_is_drawn_with(step):
  if step == 'dopri5':
    pytest.importorskip('diffrax')
  x, evaluations = solved(step, range(6))
  some, of_some = solved(step, [4, 1])
  same = dict(atol=1e-6) if step == 'dopri5' else dict(rtol=0)
  np.testing.assert_allclose(some, x[jnp.array([4, 1])], **same)
  np.testing.assert_array_equal(of_some, evaluations[jnp.array([4, 1])])
  np.testing.assert_allclose(x, TARGET, atol=0.01)
  assert x.shape[0] == len(evaluations) and (evaluations > 0).all()


def test_noise_is_another_one_in_each_step_and_example():
  """Half way no two of three steps, of two examples, have moved alike."""
  config = digits_quick.get_config('random')
  seen = []
  own = flow.SOLVERS['euler_maruyama']

  def integrate(velocity, x0, noise, **rest):
    seen.extend([x0, *(noise(i) for i in range(3))])
    return own.integrate(velocity, x0, noise, **rest)

  config.sample.step = 'euler_maruyama'
  monkey = pytest.MonkeyPatch()
  with monkey.context() as patch:
    patch.setitem(
      flow.SOLVERS, 'euler_maruyama', own._replace(integrate=integrate)
    )
    solve = sample.solver(types.SimpleNamespace(config=config))
    solve(lambda x, t: -x, jnp.arange(2))
  drawn = np.array(seen)
  assert len(np.unique(drawn)) == drawn.size


@pytest.mark.parametrize('diffusion', stochastic.DIFFUSIONS)
def test_every_diffusion_ends_at_the_data(diffusion):
  x, evaluations = solved('euler_maruyama', range(4), diffusion=diffusion)
  np.testing.assert_allclose(x, TARGET, atol=0.01)
  assert (evaluations == 5).all()
