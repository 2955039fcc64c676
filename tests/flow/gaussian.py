"""The flow to Gaussian data N(mean, std^2), of which all is known."""

import jax.numpy as jnp
import numpy as np

MEAN, STD = 0.7, 0.3


def linear(t):
  return t, 1 + 0 * t, (1 - t) ** 2, t - 1


def gvp(t):
  a, b, c = np.pi / 2, jnp.sin(np.pi / 2 * t), jnp.cos(np.pi / 2 * t)
  return b, a * c, c**2, -a * b * c


def vp(t):
  alpha = jnp.exp(-4.975 * (1 - t) ** 2 - 0.05 * (1 - t))
  slope = alpha * (9.95 * (1 - t) + 0.05)
  return alpha, slope, 1 - alpha**2, -alpha * slope


OF = {'linear': linear, 'gvp': gvp, 'vp': vp}
"""t -> alpha, alpha', sigma^2 and half its slope, finite at t = 1 too."""


def affine(name, t):
  """a, b of the velocity a + b x, and the mean and variance of x_t."""
  alpha, d_alpha, var, half = OF[name](t)
  mean, var_t = alpha * MEAN, alpha**2 * STD**2 + var
  b = (alpha * d_alpha * STD**2 + half) / var_t
  return d_alpha * MEAN - b * mean, b, mean, var_t


def velocity(name):
  def at(x, t):
    a, b, _, _ = affine(name, t.reshape(t.shape + (1,) * (x.ndim - 1)))
    return a + b * x

  return at


def carried(name, x0):
  """Where the ODE brings noise: it keeps how many deviations from the mean."""
  _, _, mean, var = affine(name, jnp.zeros(()))
  return MEAN + STD * (x0 - mean) / jnp.sqrt(var)
