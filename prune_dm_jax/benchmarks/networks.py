"""The DiT that is measured, by default of patches of 2 and ImageNet's classes."""

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.flow import path
from prune_dm_jax.models import dit
from prune_dm_jax.training import counts

CLASSES = 1000


def options(size, channels, *, patch=2, classes=CLASSES):
  """Keywords of `dit.DiT`, and of its twin in PyTorch."""
  return dict(
    **dit.SIZES[size],
    patch=patch,
    num_classes=classes,
    null_class=True,
    out_channels=channels,
  )


def network_of(size, dtype, channels, **more):
  return dit.DiT(**options(size, channels), dtype=dtype, **more)


def velocity_of(network):
  """(params, x, t, y) -> [B, ...]."""
  return lambda params, x, t, y: network.apply({'params': params}, x, t, y)


def loss_of(network):
  """(params, x, y, t, noise) -> [B]."""
  return path.loss(velocity_of(network), path.linear)


def init_of(network, side):
  """key -> parameters."""
  x, one = jnp.zeros((1, side, side, network.out_channels)), jnp.zeros(1)
  return lambda key: network.init(key, x, one, one.astype(int))['params']


def awake(params):
  """Parameters away from their zeros."""
  rng = np.random.default_rng(0)
  away = lambda leaf: leaf + rng.normal(0, 0.02, leaf.shape).astype(np.float32)
  return jax.tree.map(away, params)


def batch_of(network, side, batch):
  """x, y, t and noise of a batch."""
  keys = jax.random.split(jax.random.key(0), 4)
  shape = batch, side, side, network.out_channels
  x, noise = (jax.random.normal(key, shape) for key in keys[:2])
  y = jax.random.randint(keys[2], (batch,), 0, CLASSES)
  return x, y, jax.random.uniform(keys[3], (batch,)), noise


def gradient_flops(size, channels, batch, side):
  """Of the gradient of a batch, whatever makes it: nothing is computed."""
  network = network_of(size, 'bfloat16', channels)
  loss = loss_of(network)
  params = jax.eval_shape(init_of(network, side), jax.random.key(0))
  rest = jax.eval_shape(lambda: batch_of(network, side, batch))
  gradient = jax.grad(lambda params, *rest: loss(params, *rest).mean())
  return counts.of(gradient, params, *rest)
