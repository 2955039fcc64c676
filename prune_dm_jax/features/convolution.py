"""Convolutions of published networks, their batch normalization folded in.

  gain = weight / sqrt(running_var + epsilon)
  kernel' = kernel * gain, bias' = bias - running_mean * gain

A network that is no longer trained needs no more: one product, one sum.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

NORM = ('weight', 'bias', 'running_mean', 'running_var')


def kernel_of(weights, name):
  """torch's [O, I, h, w] as [h, w, I, O]."""
  weight = np.asarray(weights[f'{name}.weight'], np.float32)
  return weight.transpose(2, 3, 1, 0)


def folded(weights, name, norm, *, epsilon):
  """{'kernel' [h, w, I, O], 'bias' [O]} of a convolution and its norm."""
  take = lambda end: np.asarray(weights[f'{norm}.{end}'], np.float32)
  gain = take('weight') / np.sqrt(take('running_var') + epsilon)
  return {
    'kernel': kernel_of(weights, name) * gain.reshape(1, 1, 1, -1),
    'bias': take('bias') - take('running_mean') * gain,
  }


def apply(params, x, *, stride=1, padding='SAME'):
  """[B, H, W, I] -> [B, H', W', O]; 'SAME' is TensorFlow's."""
  x = jax.lax.conv_general_dilated(
    x, params['kernel'], (stride, stride), padding,
    dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
  )  # fmt: skip
  return x + params['bias'].reshape(1, 1, 1, -1)


def depthwise(params, x, *, stride=1):
  """[B, H, W, C] -> [B, H', W', C], each channel by itself, padded as 'SAME'.

    y[p] = bias + sum_d kernel[d] * x[stride * p + d]

  A sum of shifted pictures is what a compiler makes one pass of; as a
  convolution of C groups it takes several times as long on a CPU.

  Args:
    params: kernel [h, w, 1, C] and bias [C].
    x: [B, H, W, C].
    stride: Of the pixels that are kept.
  """
  kernel, sides = params['kernel'], x.shape[1:3]
  h, w = kernel.shape[:2]
  pads = jax.lax.padtype_to_pads(sides, (h, w), (stride, stride), 'SAME')
  x = jnp.pad(x, ((0, 0), *pads, (0, 0)))
  rows, columns = (stride * (-(-side // stride) - 1) + 1 for side in sides)
  y = params['bias'].reshape(1, 1, 1, -1)
  for i, j in itertools.product(range(h), range(w)):
    shifted = x[:, i : i + rows : stride, j : j + columns : stride]
    y = y + shifted * kernel[i, j].reshape(1, 1, 1, -1)
  return y
