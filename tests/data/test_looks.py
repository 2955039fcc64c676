"""Thumbnails, and the columns by which junk is told."""

import numpy as np
import photographs
import pytest
from PIL import Image

from prune_dm_jax.data import looks


def noise(*shape):
  return np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)


def checkerboard(size):
  """0 and 255 by turns, pixel by pixel."""
  black = np.indices((size, size)).sum(0) % 2
  return np.repeat((255 * black).astype(np.uint8)[..., None], 3, 2)


@pytest.mark.parametrize('size', [(1, 1), (2, 90), (40, 40), (700, 600)])
def test_a_flat_picture_has_no_contrast_and_one_colour(size):
  found = looks.look(np.full((*size, 3), 77, np.uint8))
  assert found[1:] == (0.0, 77.0, 0.0, 0.0, 1.0, 0.0)
  assert (found.thumbnail == 77).all()


def test_a_checkerboard_has_the_largest_laplacian_and_contrast_and_one_bit():
  """Each neighbour differs by 255, so the Laplacian is +-4 x 255."""
  found = looks.look(checkerboard(100))
  np.testing.assert_allclose(found.sharpness, 1020**2, rtol=1e-6)
  assert (found.contrast, found.entropy, found.one_colour) == (127.5, 1, 0.5)
  assert found.brightness == 127.5


def test_a_pattern_does_not_fall_between_the_lines_that_are_looked_at():
  """Of 1024 lines, each 4th is looked at, and not always the first of four."""
  stripes = np.zeros((1024, 1024, 3), np.uint8)
  stripes[::4] = 255
  found = looks.look(stripes)
  np.testing.assert_allclose(found.brightness, 255 / 4, rtol=0.1)
  assert found.entropy > 0.7  # That of a quarter is 0.811 bits.


def test_the_entropy_of_uniform_noise_is_near_8_bits_at_any_size():
  """One grey noise, as luma of three channels has fewer extremes."""
  grey = np.repeat(noise(1000, 900)[..., :1], 3, 2)
  for picture in (grey, grey[:200, :200]):
    assert 7.99 < looks.look(picture).entropy < 8


def test_each_column_is_as_its_formula_says_on_a_photograph():
  """Written apart, in float64 and with no helper of looks."""
  picture = photographs.crop(5)
  y = np.asarray(Image.fromarray(picture).convert('L'), float)
  laplacian = sum(np.roll(y, s, a) for s in (1, -1) for a in (0, 1)) - 4 * y
  p = np.unique(y, return_counts=True)[1] / y.size
  quantised = (picture // 16).reshape(-1, 3)
  most = np.unique(quantised, axis=0, return_counts=True)[1].max()
  wanted = (
    laplacian[1:-1, 1:-1].var(), y.mean(), y.std(), -(p * np.log2(p)).sum(),
    most / len(quantised),
  )  # fmt: skip
  np.testing.assert_allclose(looks.look(picture)[1:6], wanted, rtol=1e-5)


def test_blockiness_rises_as_the_quality_of_a_jpeg_falls(tmp_path):
  for picture in photographs.photographs():
    found = []
    for quality in (95, 50, 10):
      Image.fromarray(picture).save(tmp_path / 'a.jpg', quality=quality)
      with Image.open(tmp_path / 'a.jpg') as opened:
        found.append(looks.look(np.asarray(opened)).blockiness)
    assert abs(found[0]) < 0.03 < 0.15 < found[1]
    assert found[2] > 0.2


def test_blocks_are_found_only_where_they_begin_at_the_corner(tmp_path):
  blocks = np.kron(noise(80, 80)[..., 0], np.ones((8, 8), np.uint8))
  picture = np.repeat(blocks[..., None], 3, 2)
  assert looks.look(picture).blockiness > 0.95
  assert looks.look(picture[:, 3:]).blockiness < 0.5
  assert looks.look(picture[3:, 3:]).blockiness < 0
  assert abs(looks.look(noise(640, 640)).blockiness) < 0.01


def test_blurring_takes_sharpness_away_and_enlarging_does_not_add_any():
  photo = photographs.photographs()[0]
  whole = Image.fromarray(photo)
  small = whole.resize((80, 53), Image.Resampling.BOX).resize(whole.size)
  sharp, blurred = (looks.look(np.asarray(p)).sharpness for p in (whole, small))
  assert blurred < 0.2 * sharp
  twice = np.repeat(np.repeat(photo, 2, 0), 2, 1)
  np.testing.assert_allclose(looks.look(twice).sharpness, sharp, rtol=0.1)


@pytest.mark.parametrize(
  'height, width', [(32, 320), (1024, 1024), (100, 1500)]
)
def test_a_thumbnail_is_of_the_whole_picture(height, width):
  """Left dark, right bright; the corners have colours of their own."""
  picture = np.zeros((height, width, 3), np.uint8)
  picture[:, width // 2 :] = 200
  picture[: -(-height // 8), : -(-width // 8)] = (255, 0, 0)
  found = looks.look(picture).thumbnail
  assert found.shape == (16, 16, 3) and found.dtype == np.uint8
  assert (found[0, 0] == (255, 0, 0)).all()
  assert (found[8:, :7] == 0).all() and (found[:, 9:] == 200).all()


def test_a_grey_picture_looks_as_it_does_in_three_channels():
  grey = noise(50, 60)[..., :1]
  one, three = looks.look(grey), looks.look(np.repeat(grey, 3, 2))
  assert one[1:] == three[1:]
  np.testing.assert_array_equal(one.thumbnail, three.thumbnail)


def test_a_large_picture_is_reduced_as_by_means_of_its_boxes():
  picture = noise(1024, 2048)
  means = picture.reshape(128, 8, 256, 8, 3).mean((1, 3))
  found = np.asarray(looks.reduced(picture), float)
  assert found.shape == (128, 256, 3)
  assert np.abs(found - means).max() <= 2  # Rounded twice.
