"""Sampling by the reverse SDE of the flow, Euler-Maruyama (Ma et al., SiT, 2024).

  dx = (v + D s) dt + sqrt(2 D) dW,  t: 0 -> 1
  s  = (alpha v - alpha' x) / (sigma (alpha' sigma - alpha sigma'))

s is the score of x_t, by Eq. 9 of the paper, and D(t) is free: at any D the
distribution at each t is that of the ODE, whose errors the noise washes out.
The last step goes to the mean, without noise, as the score is infinite at t = 1.
"""

import jax
import jax.numpy as jnp


def sigma(t, sigma_t):
  return sigma_t


def linear(t, sigma_t):
  return 1 - t


def decreasing(t, sigma_t):
  return jnp.square(1 + jnp.cos(jnp.pi * t)) / 4


DIFFUSIONS = {'sigma': sigma, 'linear': linear, 'decreasing': decreasing}
"""D: (t [], sigma(t) []) -> []; those of SiT that are finite on all paths."""


def score(path, v, x, t):
  """The score of x_t, and sigma(t); by the velocity v, at one time t []."""
  (alpha, sigma_t), (d_alpha, d_sigma) = jax.jvp(path, (t,), (jnp.ones(()),))
  slope = d_alpha * sigma_t - alpha * d_sigma
  return (alpha * v - d_alpha * x) / (sigma_t * slope), sigma_t


def lengths(num_steps, last_step):
  """Of each step but the last, and of the last.

  Args:
    num_steps: N.
    last_step: Length of the last; 0: as long as the others.
  """
  if num_steps == 1 or not last_step:
    return 1 / num_steps, 1 / num_steps
  return (1 - last_step) / (num_steps - 1), last_step


def integrate(
  velocity, x0, noise, *, path, diffusion, num_steps, last_step
):  # fmt: skip
  """Carries noise to data.

  Args:
    velocity: (x [S, ...], t [S]) -> [S, ...].
    x0: [S, ...] noise at t = 0.
    noise: number of a step -> [S, ...], what is added in it.
    path: A value of PATHS.
    diffusion: A value of DIFFUSIONS.
    num_steps: How many steps, of one velocity each.
    last_step: As in `lengths`.

  Returns:
    [S, ...] samples.
  """
  each, last = lengths(num_steps, last_step)

  def body(i, x):
    t = i / (1 / each)
    later = i < num_steps - 1
    dt = jnp.where(later, each, last)
    v = velocity(x, jnp.full(x.shape[:1], t))
    s, sigma_t = score(path, v, x, t)
    d = diffusion(t, sigma_t)
    spread = jnp.where(later, jnp.sqrt(2 * d * dt), 0)
    return x + dt * (v + d * s) + spread * noise(i)

  return jax.lax.fori_loop(0, num_steps, body, x0)
