"""Convolutions of published networks, their batch normalization folded in.

  gain = weight / sqrt(running_var + epsilon)
  kernel' = kernel * gain, bias' = bias - running_mean * gain

A network that is no longer trained needs no more: one product, one sum.
"""

import jax
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


def apply(params, x, *, stride=1, padding='SAME', groups=1):
  """[B, H, W, I] -> [B, H', W', O]; 'SAME' is TensorFlow's."""
  x = jax.lax.conv_general_dilated(
    x, params['kernel'], (stride, stride), padding, feature_group_count=groups,
    dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
  )  # fmt: skip
  return x + params['bias'].reshape(1, 1, 1, -1)
