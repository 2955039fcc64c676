"""Preprocessing of pretrained networks, from its definition."""

import numpy as np
import pytest

from prune_dm_jax.features import preprocess


@pytest.mark.parametrize(
  ('shape', 'size'), [((301, 420), 224), ((97, 40), 64), ((30, 30), 40)]
)
def test_a_ramp_keeps_its_slope_and_its_centre(shape, size):
  """Bicubic resizing reproduces what is linear, away from the edges."""
  across = np.linspace(20, 220, shape[1]).round().astype(np.uint8)
  image = np.broadcast_to(across[None, :, None], (*shape, 3)).copy()
  got = preprocess.fitted(image, short_side=size, crop=size)
  scale = size / min(shape)
  place = (np.arange(size) + 0.5 - size / 2) / scale + shape[1] / 2 - 0.5
  expected = 20 + 200 * place / (shape[1] - 1)
  inner = slice(3, -3)
  assert got.shape == (size, size, 3) and got.dtype == np.uint8
  assert np.abs(got[size // 2, inner, 0] - expected[inner]).max() < 2


def test_the_centre_of_what_has_the_size_is_cut_out_as_it_is():
  image = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
  got = preprocess.fitted(image, short_side=9, crop=5)
  np.testing.assert_array_equal(got, image[2:7, 2:7])


def test_grey_is_shown_as_three_equal_channels():
  grey = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
  got = preprocess.fitted(grey, short_side=8, crop=8)
  np.testing.assert_array_equal(got, np.repeat(grey, 3, axis=2))


def test_channels_are_normalized_apart():
  x = np.full((1, 1, 1, 3), 255, np.uint8)
  got = preprocess.normalized(x, (0.5, 0.25, 0.0), (0.5, 0.25, 2.0))
  np.testing.assert_allclose(got[0, 0, 0], [1, 3, 0.5], rtol=1e-6)
