"""Pixels as features: the picture itself, in [-1, 1], as one vector."""

import jax.numpy as jnp


def load(weights=None):
  """`see`, which has no parameters."""
  del weights
  return see, ()


def see(params, images):
  """uint8 [B, H, W, C] -> [B, H*W*C], no logits."""
  del params
  x = jnp.asarray(images, jnp.float32) / 127.5 - 1
  return x.reshape(x.shape[0], -1), None
