"""How noise becomes data: an ODE in equal steps, the SDE, an ODE in its own steps.

A solver is added here, and its keys in run/defaults.py.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp

from prune_dm_jax.flow import samplers
from prune_dm_jax.flow import stochastic


class Solver(NamedTuple):
  integrate: Callable
  """(velocity, x0 [S, ...], noise, *, path, and its keys) -> samples [S, ...],
  and [S] how often the velocity of each was evaluated; `noise` as in
  stochastic.integrate, `path` a value of PATHS."""
  keys: tuple[str, ...]
  """Those of config.sample that it reads."""


def fixed(step, velocity, x0, noise, *, path, num_steps):
  del noise, path
  x = samplers.integrate(velocity, x0, step=step, num_steps=num_steps)
  return x, jnp.full(len(x0), samplers.evaluations(step) * num_steps)


def euler_maruyama(velocity, x0, noise, *, diffusion, num_steps, **rest):
  x = stochastic.integrate(
    velocity,
    x0,
    noise,
    diffusion=stochastic.DIFFUSIONS[diffusion],
    num_steps=num_steps,
    **rest,
  )
  return x, jnp.full(len(x0), num_steps)


def dopri5(velocity, x0, noise, *, path, rtol, atol):
  from prune_dm_jax.flow import adaptive  # What it needs is an extra.

  del noise, path
  return adaptive.integrate(velocity, x0, rtol=rtol, atol=atol)


SOLVERS = {
  **{
    name: Solver(functools.partial(fixed, step), ('num_steps',))
    for name, step in samplers.STEPS.items()
  },
  'euler_maruyama': Solver(
    euler_maruyama, ('num_steps', 'diffusion', 'last_step')
  ),
  'dopri5': Solver(dopri5, ('rtol', 'atol')),
}
