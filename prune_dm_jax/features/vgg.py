"""VGG16 (Simonyan & Zisserman, 2015): thirteen convolutions in five blocks.

Under the names of torchvision, or timm, its second hidden layer, after its ReLU,
is what precision and recall are measured in (Kynkäänniemi et al., 2019). Widths
are those of the weights.
"""

import functools

import flax.linen as nn
import jax
import numpy as np
from PIL import Image

from prune_dm_jax.features import convolution
from prune_dm_jax.features import preprocess
from prune_dm_jax.features import weights as weights_lib

BLOCKS = (2, 2, 3, 3, 3)
"""Convolutions of each block; between blocks the sides are halved."""

CONVOLUTIONS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
HIDDEN = ('classifier.0', 'classifier.3')
OF_TIMM = {  # where the hidden layers are convolutions of all there is
  'pre_logits.fc1': 'classifier.0',
  'pre_logits.fc2': 'classifier.3',
  'head.fc': 'classifier.6',
}
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def params_of(weights):
  """Convolutions and hidden layers, from a dict of official name -> array."""
  weights = {as_torchvision(name): array for name, array in weights.items()}
  found = [f'features.{i}' for i in CONVOLUTIONS]
  names = [
    f'{k}.{end}' for k in (*found, *HIDDEN) for end in ('weight', 'bias')
  ]
  weights_lib.check_names(
    weights, names, of='VGG16', superfluous=r'classifier\.6\.'
  )
  array = lambda name: np.asarray(weights[name], np.float32)
  convolved = lambda name: {
    'kernel': convolution.kernel_of(weights, name),
    'bias': array(f'{name}.bias'),
  }
  matrix = lambda array: array.reshape(len(array), -1)
  hidden = lambda name: {
    'kernel': matrix(array(f'{name}.weight')).T,
    'bias': array(f'{name}.bias').reshape(1, -1),
  }
  return {
    'convolutions': [convolved(name) for name in found],
    'hidden': [hidden(name) for name in HIDDEN],
  }


def as_torchvision(name):
  """A name of timm's as torchvision's; any other as it is."""
  layer, _, end = name.rpartition('.')
  return f'{OF_TIMM.get(layer, layer)}.{end}' if layer else name


def blocks(convolutions, x):
  """[B, H, W, 3] normalized -> five [B, H', W', C], the end of each block."""
  found, rest = [], iter(convolutions)
  for count in BLOCKS:
    if found:
      x = halved(x)
    for _ in range(count):
      x = nn.relu(convolution.apply(next(rest), x))
    found.append(x)
  return found


def halved(x):
  return nn.max_pool(x, (2, 2), strides=(2, 2))


def features(params, x):
  """[B, 224, 224, 3] normalized -> [B, D] of the second hidden layer."""
  x = halved(blocks(params['convolutions'], x)[-1])  # [B, 7, 7, C]
  x = x.transpose(0, 3, 1, 2).reshape(len(x), -1)  # as torch lays it out
  for hidden in params['hidden']:
    x = nn.relu(x @ hidden['kernel'] + hidden['bias'])
  return x


prepare = functools.partial(
  preprocess.fitted,
  short_side=224,
  crop=224,
  resample=Image.Resampling.BILINEAR,
)
"""uint8 [H, W, C] -> uint8 [224, 224, 3], on the host."""


def load(weights):
  """`see`, and its parameters."""
  return see, params_of(weights)


@jax.jit
def see(params, images):
  """uint8 [B, 224, 224, 3] -> features [B, 4096], no logits."""
  x = preprocess.normalized(images, MEAN, STD)
  with jax.default_matmul_precision('highest'):
    return features(params, x), None
