"""Vision transformers, as CLIP and DINO publish them (Dosovitskiy et al., 2021).

  x = [class, registers, patches] + position
  x = x + scale * attention(LN(x));  x = x + scale * mlp(LN(x))
  features = LN(x)[class] @ projection

One function on a dict of parameters, whose shapes say the sizes; what the dict
lacks the network lacks: `norm_pre` and `projection` are CLIP's, `registers`,
`scale_1`, `scale_2` and `w12`, `w3` are DINOv2's. `vit_names` fills it.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp

from prune_dm_jax.features import resize


class Kind(NamedTuple):
  """What no shape says."""

  activation: Callable
  epsilon: float
  """Of the norms."""
  head_width: int = 64


CLIP = Kind(lambda x: x * jax.nn.sigmoid(1.702 * x), 1e-5)
DINO = Kind(functools.partial(jax.nn.gelu, approximate=False), 1e-6)


def features(params, x, kind):
  """Features of the class token.

  Args:
    params: From `vit_names.gathered`.
    x: [B, H, W, 3] normalized pictures, of whole patches.
    kind: CLIP or DINO.

  Returns:
    [B, D], or what they are projected to.
  """
  x = tokens(params, x)  # [B, 1+R+T, D]
  if 'norm_pre' in params:
    x = norm(x, params['norm_pre'], kind)
  step = lambda x, block: (transformed(x, block, kind), None)
  x, _ = jax.lax.scan(step, x, params['blocks'])  # [B, 1+R+T, D]
  x = norm(x[:, 0], params['norm'], kind)  # [B, D]
  return x @ params['projection'] if 'projection' in params else x


def tokens(params, x):
  """[B, H, W, 3] -> [B, 1+R+T, D]; registers have no position."""
  b, width = len(x), params['patch'].shape[0]
  of_each = lambda name: jnp.broadcast_to(
    params[name].reshape(1, -1, width), (b, params[name].size // width, width)
  )
  x = patches(params, x)  # [B, H/p, W/p, D]
  position = positions(params, *x.shape[1:3])  # [1, 1+T, D]
  x = x.reshape(b, -1, width)  # [B, T, D]
  x = jnp.concatenate([of_each('class_token'), x], axis=1) + position
  if 'registers' in params:
    x = jnp.concatenate([x[:, :1], of_each('registers'), x[:, 1:]], axis=1)
  return x


def patches(params, x):
  """[B, H, W, 3] -> [B, H/p, W/p, D]."""
  x = jax.lax.conv_general_dilated(
    x, params['patch'], params['patch'].shape[2:], 'VALID',
    dimension_numbers=('NHWC', 'OIHW', 'NHWC'),
  )  # fmt: skip
  if 'patch_bias' in params:
    x = x + params['patch_bias'].reshape(1, 1, 1, -1)
  return x


def positions(params, rows, columns):
  """[1, 1+T, D] for a grid of patches, resized if it is another than trained.

  By a scale factor a tenth of a patch too large, as DINO does it; networks with
  registers were resized to the size itself, antialiased.
  """
  width = params['patch'].shape[0]
  table = params['position'].reshape(1, -1, width)
  side = side_of_grid(params)
  if (rows, columns) == (side, side):
    return table
  if 'registers' in params:
    matrix = lambda n: resize.bicubic_antialiased(side, n)
  else:
    matrix = lambda n: resize.bicubic(side, n, scale=(n + 0.1) / side)
  grid = table[0, 1:].reshape(side, side, width)
  grid = jnp.einsum('ri,cj,ijd->rcd', matrix(rows), matrix(columns), grid)
  return jnp.concatenate([table[:, :1], grid.reshape(1, -1, width)], axis=1)


def side_of_grid(params):
  """Rows of the square grid of patches that was trained on."""
  num_patches = params['position'].shape[-2] - 1
  return round(num_patches**0.5)


def transformed(x, block, kind):
  """[B, T, D] -> [B, T, D], through one block."""
  scale = lambda name: block[name].reshape(1, 1, -1) if name in block else 1
  h = attention(norm(x, block['norm_1'], kind), block, kind)
  x = x + scale('scale_1') * h
  h = perceptron(norm(x, block['norm_2'], kind), block, kind)
  return x + scale('scale_2') * h


def attention(x, block, kind):
  """[B, T, D] -> [B, T, D]."""
  b, t, width = x.shape
  qkv = dense(x, block['qkv']).reshape(b, t, 3, -1, kind.head_width)
  query, key, value = qkv.transpose(
    2, 0, 3, 1, 4
  )  # each [B, heads, T, D/heads]
  logits = (query * kind.head_width**-0.5) @ key.swapaxes(-1, -2)
  x = jax.nn.softmax(logits) @ value  # [B, heads, T, D/heads]
  return dense(x.transpose(0, 2, 1, 3).reshape(b, t, width), block['proj'])


def perceptron(x, block, kind):
  """[B, T, D] -> [B, T, D], gated if the block has weights of a gate."""
  if 'w12' in block:
    gate, value = jnp.split(dense(x, block['w12']), 2, axis=-1)
    return dense(nn.silu(gate) * value, block['w3'])
  return dense(kind.activation(dense(x, block['fc1'])), block['fc2'])


def dense(x, params):
  return nn.Dense(params['bias'].shape[-1]).apply({'params': params}, x)


def norm(x, params, kind):
  network = nn.LayerNorm(epsilon=kind.epsilon, use_fast_variance=False)
  return network.apply({'params': params}, x)
