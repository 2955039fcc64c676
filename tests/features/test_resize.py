"""Resizing as a matrix, from its definition and by PIL's antialiased one."""

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.features import resize


@pytest.mark.parametrize(
  'matrix',
  [
    resize.bicubic(7, 5, scale=5.1 / 7),
    resize.bicubic_antialiased(7, 5),
    resize.bilinear(7, 5),
    resize.bilinear_of_corners(7, 5),
  ],
)
def test_what_is_constant_stays_so(matrix):
  assert matrix.shape == (5, 7)
  np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
  'matrix',
  [
    resize.bicubic(6, 6, scale=1.0),
    resize.bicubic_antialiased(6, 6),
    resize.bilinear(6, 6),
    resize.bilinear_of_corners(6, 6),
  ],
)
def test_the_same_size_is_the_same_picture(matrix):
  np.testing.assert_allclose(matrix, np.eye(6), atol=1e-7)


def test_half_way_between_two_pixels_torch_takes_its_own_cubic_shares():
  """With a = -0.75: 19/32 of the near ones, -3/32 of those beyond them."""
  shares = resize.bicubic(6, 3, scale=0.5)
  expected = [
    [16 / 32, 19 / 32, -3 / 32, 0, 0, 0],
    [0, -3 / 32, 19 / 32, 19 / 32, -3 / 32, 0],
    [0, 0, 0, -3 / 32, 19 / 32, 16 / 32],
  ]
  np.testing.assert_allclose(shares, expected, atol=1e-7)


@pytest.mark.parametrize(('m', 'n'), [(37, 16), (5, 4), (5, 9)])
def test_the_antialiased_one_is_that_of_pillow(m, n):
  rows = np.random.default_rng(0).normal(size=(m, 1)).astype(np.float32)
  resized = Image.fromarray(rows).resize((1, n), Image.Resampling.BICUBIC)
  found = resize.bicubic_antialiased(m, n) @ rows
  np.testing.assert_allclose(found, np.asarray(resized), atol=1e-5)


def test_a_ramp_is_sampled_at_middles_or_at_corners():
  ramp = np.arange(6.0)
  middles = resize.bilinear(6, 3) @ ramp
  np.testing.assert_allclose(middles, [0.5, 2.5, 4.5], atol=1e-6)
  corners = resize.bilinear_of_corners(6, 4) @ ramp
  np.testing.assert_allclose(corners, [0, 1.5, 3, 4.5], atol=1e-6)
