"""Classifier-free guidance (Ho & Salimans, 2022):  u + w (c - u).

c is the velocity with the label, u without. On all channels; the published DiT
and SiT guide the first three only, which `first_three_channels` reproduces.
"""

import jax.numpy as jnp


def both(velocity, x, t, y, null_class):
  """The velocity with and without the label, each [S, ...]."""
  twice = lambda v: jnp.concatenate([v, v])
  nobody = jnp.full_like(y, null_class)
  out = velocity(twice(x), twice(t), jnp.concatenate([y, nobody]))
  return jnp.split(out, 2)


def all_channels(velocity, y, *, weight, null_class):
  """A guided velocity(x, t); with weight 1 it is the labelled one itself."""
  if weight == 1:
    return lambda x, t: velocity(x, t, y)

  def guided(x, t):
    c, u = both(velocity, x, t, y, null_class)
    return u + weight * (c - u)

  return guided


def first_three_channels(velocity, y, *, weight, null_class):
  """As the published code guides; only to reproduce its numbers."""

  def guided(x, t):
    c, u = both(velocity, x, t, y, null_class)
    return c.at[..., :3].set((u + weight * (c - u))[..., :3])

  return guided


GUIDANCE = {
  'all_channels': all_channels,
  'first_three_channels': first_three_channels,
}
