"""Every row of SOURCES keeps the promises of data/__init__.py."""

import numpy as np
import pytest

from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import images


@pytest.fixture(params=SOURCES)
def source(request):
  return SOURCES[request.param]('')


def test_keys_are_unique_and_sorted(source):
  assert list(source.keys) == sorted(set(source.keys))
  assert len(source.keys) == len(source) == len(source.labels)


def test_labels_name_classes(source):
  assert source.labels.dtype == np.int32
  assert set(source.labels) <= {-1, *range(len(source.class_names))}


def test_pictures_are_uint8_with_channels(source):
  picture = source.image(0)
  assert picture.dtype == np.uint8 and picture.ndim == 3


def test_the_fingerprint_is_the_same_when_opened_again(source):
  again = type(source)('')
  assert source.fingerprint == again.fingerprint


def test_digits_are_scikit_learns():
  from sklearn.datasets import load_digits

  raw = load_digits()
  source = SOURCES['digits']('')
  np.testing.assert_array_equal(source.labels, raw.target)
  expected = np.round(raw.images[7] * 255 / 16)
  np.testing.assert_array_equal(source.image(7)[..., 0], expected)


def test_the_crop_is_the_centre_of_the_scaled_picture():
  wide = np.zeros((8, 24, 3), np.uint8)
  wide[:, 8:16] = 200
  got = images.center_crop(wide, 8)
  np.testing.assert_array_equal(got, np.full((8, 8, 3), 200, np.uint8))


def test_the_crop_halves_by_means_while_twice_too_large():
  picture = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
  got = images.center_crop(picture, 2)
  quarter = picture.reshape(2, 4, 2, 4).mean(axis=(1, 3))
  assert np.abs(got[..., 0] - quarter).max() <= 1  # Each halving rounds.


def test_a_picture_of_the_right_size_is_left_alone():
  picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
  np.testing.assert_array_equal(images.center_crop(picture, 16), picture)


def test_pixels_survive_the_way_to_floats_and_back():
  every = np.arange(256, dtype=np.uint8)
  unit = images.to_unit(every)
  assert unit.min() == -1 and unit.max() == 1
  np.testing.assert_array_equal(images.to_uint8(unit), every)
