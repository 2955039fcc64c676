"""Sums of shifted pictures against XLA's convolution."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.features import convolution


@pytest.mark.parametrize('stride', [1, 2, 3])
@pytest.mark.parametrize('kernel', [(3, 3), (5, 5), (2, 4)])
@pytest.mark.parametrize('sides', [(8, 8), (7, 10)])
def test_depthwise_is_a_convolution_of_as_many_groups(sides, kernel, stride):
  keys = jax.random.split(jax.random.key(0), 3)
  x = jax.random.normal(keys[0], (2, *sides, 6))
  params = {
    'kernel': jax.random.normal(keys[1], (*kernel, 1, 6)),
    'bias': jax.random.normal(keys[2], (6,)),
  }
  expected = jax.lax.conv_general_dilated(
    x, params['kernel'], (stride, stride), 'SAME', feature_group_count=6,
    dimension_numbers=('NHWC', 'HWIO', 'NHWC'), precision='highest',
  )  # fmt: skip
  got = convolution.depthwise(params, x, stride=stride)
  bias = params['bias'].reshape(1, 1, 1, -1)
  np.testing.assert_allclose(got, expected + bias, rtol=0, atol=2e-5)


def test_depthwise_of_a_corner_is_zero_beyond_it():
  params = {'kernel': jnp.ones((3, 3, 1, 1)), 'bias': jnp.zeros(1)}
  got = convolution.depthwise(params, jnp.ones((1, 3, 3, 1)))[0, :, :, 0]
  np.testing.assert_array_equal(got, [[4, 6, 4], [6, 9, 6], [4, 6, 4]])
