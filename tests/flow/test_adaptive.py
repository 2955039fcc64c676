import functools

import gaussian
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.flow import samplers

pytest.importorskip('diffrax')

from prune_dm_jax.flow import adaptive


@functools.cache
def solver(path):
  """(x0, tolerance) -> samples and evaluations, of Gaussian data."""
  return jax.jit(
    lambda x0, tolerance: adaptive.integrate(
      gaussian.velocity(path), x0, rtol=tolerance, atol=tolerance
    )
  )


@pytest.mark.parametrize('path', path_lib.PATHS)
def test_samples_are_where_the_flow_of_gaussian_data_ends(path):
  x0 = jax.random.normal(jax.random.key(0), (4, 3))
  evaluations = []
  for tolerance in (1e-3, 1e-6):
    x, evaluated = solver(path)(x0, tolerance)
    assert np.abs(x - gaussian.carried(path, x0)).max() < 10 * tolerance + 5e-6
    evaluations.append(evaluated.max())
  assert evaluations[0] < evaluations[1]
  fixed = jax.jit(
    lambda x0: samplers.integrate(
      gaussian.velocity(path), x0, step=samplers.heun, num_steps=300
    )
  )
  np.testing.assert_allclose(x, fixed(x0), atol=2e-4)


def test_whom_an_example_is_drawn_with_changes_its_sample_by_rounding_alone():
  """One turns often and one seldom; one has no velocity, and is not finite."""
  turns = lambda x: jnp.where(x < 2, 30.0, jnp.where(x < 4, 2.0, jnp.nan))
  own = jnp.array([[0.0, 1.0]])
  velocity = lambda x, t: jnp.cos(turns(x[..., :1]) * t[:, None]) * own
  solve = jax.jit(
    lambda x: adaptive.integrate(velocity, x, rtol=1e-4, atol=1e-6)
  )
  kinds = jnp.array([[1.0, 0], [3.0, 0], [5.0, 0]])
  x, evaluations = solve(kinds)
  assert np.isfinite(x[:2]).all() and not np.isfinite(x[2]).any()
  assert evaluations[0] > evaluations[1]
  expected = [np.sin(30) / 30, np.sin(2) / 2]
  np.testing.assert_allclose(x[:2, 1], expected, atol=1e-3)
  for i in range(2):
    alone, evaluated = solve(jnp.broadcast_to(kinds[i], (3, 2)))
    np.testing.assert_allclose(alone[0], x[i], rtol=1e-6)
    assert evaluated[0] == evaluations[i]


def test_evaluations_are_those_of_the_slowest_in_the_batch():
  calls = []

  def called(x, t):
    calls.append(t)
    return np.asarray(x * np.cos(9 * t)[:, None], np.float32)

  shape = lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype)
  velocity = lambda x, t: jax.pure_callback(called, shape(x), x, t)
  x0 = jnp.array([[1.0], [-30.0]])
  _, evaluations = jax.jit(
    lambda x: adaptive.integrate(velocity, x, rtol=1e-4, atol=1e-2)
  )(x0)
  assert len(calls) == evaluations.max() > evaluations.min()
