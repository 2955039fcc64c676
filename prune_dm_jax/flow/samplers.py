"""Sampling: the probability-flow ODE  dx/dt = v(x, t)  from t = 0 to t = 1.

N steps are N steps: the grid has N + 1 points, and the last one is t = 1.
"""

import jax
import jax.numpy as jnp


def euler(velocity, x, t, dt):
  return x + dt * velocity(x, t)


def heun(velocity, x, t, dt):
  """The trapezoid rule with Euler's guess at the far end; order 2."""
  v = velocity(x, t)
  return x + dt / 2 * (v + velocity(x + dt * v, t + dt))


STEPS = {'euler': euler, 'heun': heun}


def evaluations(step):
  """How often a step asks for the velocity."""
  asked = []
  step(lambda x, t: asked.append(t) or 0.0, 0.0, 0.0, 1.0)
  return len(asked)


def integrate(velocity, x0, *, step, num_steps):
  """Carries noise to data.

  Args:
    velocity: (x [S, ...], t [S]) -> [S, ...].
    x0: [S, ...] noise.
    step: A value of STEPS.
    num_steps: How many of them.

  Returns:
    [S, ...] samples.
  """
  at = lambda x, t: velocity(x, jnp.full(x.shape[:1], t))

  def body(i, x):
    return step(at, x, i / num_steps, 1 / num_steps)

  return jax.lax.fori_loop(0, num_steps, body, x0)


def noise_at(key, index, shape):
  """[S] sample indices -> [S, *shape] noise, each by its own index."""
  draw = lambda i: jax.random.normal(jax.random.fold_in(key, i), shape)
  return jax.vmap(draw)(index)
