"""EfficientNet-Lite0: EfficientNet without its gates (Tan & Le, 2019).

  x = x + project(relu6(depthwise(relu6(expand(x)))))

1280 features and the logits of ImageNet's 1,000 classes, under the names of the
PyTorch port, whose weights are TensorFlow's and so is the padding.
"""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.features import convolution
from prune_dm_jax.features import preprocess
from prune_dm_jax.features import weights as weights_lib

BLOCKS = 16
HALVING = (1, 3, 5, 11)
"""Blocks whose depthwise convolution halves the sides."""

EXPAND = ('_expand_conv', '_bn0')
DEPTHWISE = ('_depthwise_conv', '_bn1')
PROJECT = ('_project_conv', '_bn2')


def convolutions():
  """Our name -> official names of a convolution and of its norm."""
  found = {
    'stem': ('_conv_stem', '_bn0'),
    'head': ('_conv_head', '_bn1'),
  }
  for i in range(BLOCKS):
    steps = (EXPAND, DEPTHWISE, PROJECT)[i == 0 :]  # The first expands nothing.
    for conv, norm in steps:
      found[f'{i}{conv}'] = (f'_blocks.{i}.{conv}', f'_blocks.{i}.{norm}')
  return found


def params_of(weights):
  """Name of a convolution -> its parameters; and `fc`, kernel and bias."""
  found = convolutions()
  names = ['_fc.weight', '_fc.bias']
  for conv, norm in found.values():
    names.append(f'{conv}.weight')
    names += [f'{norm}.{end}' for end in convolution.NORM]
  weights_lib.check_names(
    weights,
    names,
    of='EfficientNet-Lite0',
    superfluous=r'.*\.num_batches_tracked',
  )
  params = {
    ours: convolution.folded(weights, conv, norm, epsilon=1e-3)
    for ours, (conv, norm) in found.items()
  }
  params['fc'] = {
    'kernel': np.asarray(weights['_fc.weight'], np.float32).T,
    'bias': np.asarray(weights['_fc.bias'], np.float32).reshape(1, -1),
  }
  return params


def features(params, x):
  """[B, H, W, 3] in [-1, 1] -> features [B, 1280], logits [B, 1000]."""
  x = nn.relu6(convolution.apply(params['stem'], x, stride=2))
  for i in range(BLOCKS):
    x = block(params, x, i)
  x = nn.relu6(convolution.apply(params['head'], x))
  x = x.mean(axis=(1, 2))
  return x, x @ params['fc']['kernel'] + params['fc']['bias']


def block(params, x, i):
  """[B, H, W, C] -> [B, H', W', C'], added to what came if it can be."""
  h = x
  if i > 0:
    h = nn.relu6(convolution.apply(params[f'{i}{EXPAND[0]}'], h))
  stride = 2 if i in HALVING else 1
  h = convolution.depthwise(params[f'{i}{DEPTHWISE[0]}'], h, stride=stride)
  h = convolution.apply(params[f'{i}{PROJECT[0]}'], nn.relu6(h))
  return x + h if h.shape == x.shape else h


prepare = functools.partial(preprocess.fitted, short_side=256, crop=224)
"""uint8 [H, W, C] -> uint8 [224, 224, 3], on the host."""


def load(weights):
  """`see`, and its parameters."""
  return see, params_of(weights)


@jax.jit
def see(params, images):
  """uint8 [B, 224, 224, 3] -> features [B, 1280], logits [B, 1000]."""
  x = (jnp.asarray(images, jnp.float32) - 127) / 128
  with jax.default_matmul_precision('highest'):
    return features(params, x)
