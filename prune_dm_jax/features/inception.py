"""The Inception v3 of FID (Szegedy et al., 2016; Heusel et al., 2017).

As in pt_inception-2015-12-05, which is TensorFlow's of that day: 1008 logits,
taken without their bias; averages over a pool leave out its padding; the last
block takes a maximum instead. Pictures are resized to 299x299 by the network,
as FID depends on how: see INPUTS. 'torch' is scaled to 2 x / 255 - 1 as well, the
others to (x - 128) / 128.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

from prune_dm_jax.features import convolution
from prune_dm_jax.features import preprocess
from prune_dm_jax.features import resize
from prune_dm_jax.features import weights as weights_lib

SIDE = 299
RESIZES = {'tf1': resize.bilinear_of_corners, 'torch': resize.bilinear}

STEM = {  # name: stride, padding
  'Conv2d_1a_3x3': (2, 'VALID'),
  'Conv2d_2a_3x3': (1, 'VALID'),
  'Conv2d_2b_3x3': (1, 'SAME'),
  'Conv2d_3b_1x1': (1, 'SAME'),
  'Conv2d_4a_3x3': (1, 'VALID'),
}
POOLED_AFTER = {'Conv2d_2b_3x3': 64, 'Conv2d_4a_3x3': 192}

# A block is its branches, side by side; a branch is its convolutions, one after
# the other; those of a tuple are side by side.
WITH_5X5 = (
  ['1x1'],
  ['5x5_1', '5x5_2'],
  ['3x3dbl_1', '3x3dbl_2', '3x3dbl_3'],
)
WITH_7X7 = (
  ['1x1'],
  ['7x7_1', '7x7_2', '7x7_3'],
  ['7x7dbl_1', '7x7dbl_2', '7x7dbl_3', '7x7dbl_4', '7x7dbl_5'],
)
WIDE = (
  ['1x1'],
  ['3x3_1', ('3x3_2a', '3x3_2b')],
  ['3x3dbl_1', '3x3dbl_2', ('3x3dbl_3a', '3x3dbl_3b')],
)
BLOCKS = {  # name: branches, and the pool before the last one
  'Mixed_5b': (WITH_5X5, 'average'),
  'Mixed_5c': (WITH_5X5, 'average'),
  'Mixed_5d': (WITH_5X5, 'average'),
  'Mixed_6a': ((['3x3'], ['3x3dbl_1', '3x3dbl_2', '3x3dbl_3']), 'halve'),
  'Mixed_6b': (WITH_7X7, 'average'),
  'Mixed_6c': (WITH_7X7, 'average'),
  'Mixed_6d': (WITH_7X7, 'average'),
  'Mixed_6e': (WITH_7X7, 'average'),
  'Mixed_7a': (
    (['3x3_1', '3x3_2'], ['7x7x3_1', '7x7x3_2', '7x7x3_3', '7x7x3_4']),
    'halve',
  ),
  'Mixed_7b': (WIDE, 'average'),
  'Mixed_7c': (WIDE, 'maximum'),
}
POOLS = {
  'average': functools.partial(
    nn.avg_pool, window_shape=(3, 3), padding='SAME', count_include_pad=False
  ),
  'maximum': functools.partial(
    nn.max_pool, window_shape=(3, 3), padding='SAME'
  ),
  'halve': functools.partial(nn.max_pool, window_shape=(3, 3), strides=(2, 2)),
}


def convolutions():
  """Official names of all convolutions."""
  found = list(STEM)
  for block, (branches, pool) in BLOCKS.items():
    steps = [step for branch in branches for step in branch]
    for step in steps:
      both = step if isinstance(step, tuple) else (step,)
      found += [f'{block}.branch{name}' for name in both]
    found += [f'{block}.branch_pool'] * (pool != 'halve')
  return found


def params_of(weights):
  """Official name of a convolution -> its parameters; and `fc`, [2048, 1008]."""
  found = convolutions()
  names = ['fc.weight', 'fc.bias']
  for name in found:
    names.append(f'{name}.conv.weight')
    names += [f'{name}.bn.{end}' for end in convolution.NORM]
  weights_lib.check_names(
    weights, names, of="FID's Inception", superfluous=r'.*\.num_batches_tracked'
  )
  params = {
    name: convolution.folded(
      weights, f'{name}.conv', f'{name}.bn', epsilon=1e-3
    )
    for name in found
  }
  return {**params, 'fc': np.asarray(weights['fc.weight'], np.float32).T}


def resized(images, *, mode):
  """[B, H, W, 3] -> [B, 299, 299, 3] float32, still in [0, 255]."""
  matrix = RESIZES[mode]
  across, down = (matrix(size, SIDE) for size in images.shape[1:3])
  x = jnp.asarray(images, jnp.float32)
  return jnp.einsum('ri,bijc,qj->brqc', across, x, down, precision='highest')


def features(params, x):
  """Features by their length, and the logits.

  Args:
    params: From `params_of`.
    x: [B, 299, 299, 3] in [0, 255].

  Returns:
    {64: [B, 64], 192: [B, 192], 768: [B, 768], 2048: [B, 2048]}, averages over
    places, and logits [B, 1008] without bias.
  """
  x = (x - 128) / 128
  found = {}
  for name, (stride, padding) in STEM.items():
    x = convolved(params, x, name, stride=stride, padding=padding)
    if name in POOLED_AFTER:
      x = POOLS['halve'](x)
      found[POOLED_AFTER[name]] = x.mean(axis=(1, 2))
  for name in BLOCKS:
    x = block(params, x, name)
    if name == 'Mixed_6e':
      found[768] = x.mean(axis=(1, 2))
  found[2048] = x.mean(axis=(1, 2))
  return found, found[2048] @ params['fc']


def block(params, x, name):
  """[B, H, W, C] -> [B, H', W', C'], branches side by side."""
  branches, pool = BLOCKS[name]
  halve = pool == 'halve'
  found = [branch(params, x, name, steps, halve=halve) for steps in branches]
  last = POOLS[pool](x)
  if not halve:
    last = convolved(params, last, f'{name}.branch_pool')
  return jnp.concatenate([*found, last], axis=-1)


def branch(params, x, name, steps, *, halve):
  """One branch; its last convolution halves the sides if the block does."""
  for i, step in enumerate(steps):
    if isinstance(step, tuple):
      parts = [convolved(params, x, f'{name}.branch{half}') for half in step]
      x = jnp.concatenate(parts, axis=-1)
    elif halve and i == len(steps) - 1:
      full = f'{name}.branch{step}'
      x = convolved(params, x, full, stride=2, padding='VALID')
    else:
      x = convolved(params, x, f'{name}.branch{step}')
  return x


def convolved(params, x, name, **options):
  return nn.relu(convolution.apply(params[name], x, **options))


def prepare(image):
  """uint8 [H, W, C] -> uint8 [H, W, 3]: the network resizes."""
  return np.repeat(image, 3, axis=2) if image.shape[-1] == 1 else image


def prepare_clean(image):
  """uint8 [H, W, C] -> float32 [299, 299, 3], by PIL's antialiased bicubic."""
  resize = lambda channel: Image.fromarray(channel).resize(
    (SIDE, SIDE), preprocess.BICUBIC
  )
  channels = np.moveaxis(prepare(image).astype(np.float32), -1, 0)
  x = np.stack([np.asarray(resize(channel)) for channel in channels], axis=-1)
  return x.clip(0, 255)


def load(weights):
  """`see`, and its parameters."""
  return see, params_of(weights)


def shown(images, *, mode):
  """[B, H, W, 3] in [0, 255] -> [B, 299, 299, 3] as `features` takes them."""
  x = resized(images, mode=mode)
  return x * (256 / 255) if mode == 'torch' else x  # 2 x / 255 - 1.


@functools.partial(jax.jit, static_argnames='mode')
def see(params, images, *, mode='tf1'):
  """[B, H, W, 3] in [0, 255] -> features [B, 2048], logits [B, 1008]."""
  with jax.default_matmul_precision('highest'):
    found, logits = features(params, shown(images, mode=mode))
  return found[2048], logits


class Input(NamedTuple):
  """How pictures are shown to the network."""

  see: Callable
  prepare: Callable
  words: str


INPUTS = {
  'tf1': Input(
    see, prepare, 'resized as TensorFlow 1 and ADM do, (x - 128) / 128'
  ),
  'torch': Input(
    functools.partial(see, mode='torch'),
    prepare,
    'resized as torch and pytorch-fid do, 2 x / 255 - 1',
  ),
  'clean': Input(
    see, prepare_clean, "by PIL's bicubic as clean-fid does, (x - 128) / 128"
  ),
}
"""By name; 'tf1' is that of most published numbers, and of every run."""

INPUT = 'tf1'
