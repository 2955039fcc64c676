"""Every row of SOURCES keeps the promises of data/__init__.py."""

import math
import pickle

import numpy as np
import pytest
from layouts import SETS
from photographs import crop as crop_of
from photographs import encoded
from photographs import put
from PIL import Image

from configs import image_folder as config
from prune_dm_jax.commands import data as command
from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import SIGNS
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import images


@pytest.fixture(scope='module', params=SOURCES)
def opened(request, tmp_path_factory):
  """The name of a source, a path to a small set of it, and the source."""
  name = request.param
  path = SETS[name](tmp_path_factory.mktemp(name))
  return name, path, SOURCES[name](path)


@pytest.fixture
def source(opened):
  return opened[-1]


def test_keys_are_unique_and_sorted(source):
  assert list(source.keys) == sorted(set(source.keys))
  assert len(source.keys) == len(source) == len(source.labels)


def test_labels_name_classes(source):
  assert source.labels.dtype == np.int32
  assert set(source.labels) <= {-1, *range(len(source.class_names))}
  assert all(isinstance(name, str) for name in source.class_names)


def test_what_is_held_out_is_told_apart(source):
  assert source.held_out.dtype == bool and len(source.held_out) == len(source)
  assert not source.held_out.all()


def test_pictures_are_uint8_with_channels(source):
  for i in (0, len(source) - 1):
    picture = source.image(i)
    assert picture.dtype == np.uint8 and picture.shape[2:] in ((1,), (3,))


def test_none_is_bad_of_what_was_published(source):
  assert not source.bad and source.layout


def test_the_fingerprint_is_the_same_when_opened_again(opened):
  name, path, source = opened
  assert SOURCES[name](path).fingerprint == source.fingerprint


def test_a_source_goes_to_another_process_and_stays_the_same(source):
  other = pickle.loads(pickle.dumps(source))
  assert other.fingerprint == source.fingerprint
  np.testing.assert_array_equal(other.image(1), source.image(1))


def test_a_path_is_recognised_by_what_is_there(opened):
  name, path, _ = opened
  if name not in EMBEDDED:
    assert command.recognised(path) == name
    assert name in SIGNS or name == 'image_folder'


def test_the_data_command_and_a_run_open_splits_as_the_same_set(tmp_path):
  names = [f'{s}/{c}/{i}.png' for s in ('train', 'val') for c in 'ab'
           for i in range(2)]  # fmt: skip
  path = put(tmp_path, dict.fromkeys(names, encoded(crop_of(0), 'PNG')))
  assert command.recognised(path) == config.get_config().data.name
  source = SOURCES[command.recognised(path)](path)
  assert source.keys == tuple(sorted(names)) and source.held_out.sum() == 4


@pytest.mark.parametrize('name', [n for n in SOURCES if n not in EMBEDDED])
def test_a_path_that_is_no_such_set_is_one_sentence(name, tmp_path):
  (tmp_path / 'notes.txt').write_text('no picture')
  for path in (tmp_path, tmp_path / 'nowhere'):
    with pytest.raises(ValueError, match=str(path)):
      SOURCES[name](path)


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


def by_definition(array, size):
  """ADM's crop, slowly: Pillow resamples, all sides and places are floats."""
  height, width = array.shape[:2]
  halvings = math.floor(math.log2(min(height, width) / size))
  picture = Image.fromarray(array)
  for i in range(1, halvings + 1):
    sides = math.floor(width / 2**i), math.floor(height / 2**i)
    picture = picture.resize(sides, Image.Resampling.BOX)
  short = min(picture.size)
  sides = [round(size * side / short) for side in picture.size]
  scaled = picture.resize(sides, Image.Resampling.BICUBIC)
  left, top = (math.floor(side / 2 - size / 2) for side in sides)
  pixels = [
    [scaled.getpixel((left + x, top + y)) for x in range(size)]
    for y in range(size)
  ]
  return np.array(pixels, np.uint8)


@pytest.mark.parametrize(
  ('height', 'width', 'size'),
  [(41, 59, 9), (43, 57, 13), (47, 53, 21), (49, 50, 40), (37, 61, 61),
   (61, 37, 17)],
)  # fmt: skip
def test_the_crop_is_adms_on_odd_sides(height, width, size):
  picture = crop_of(21)[:height, :width]
  picture = np.pad(picture, [(0, 0), (0, width - picture.shape[1]), (0, 0)])
  np.testing.assert_array_equal(
    images.center_crop(picture, size), by_definition(picture, size)
  )


@pytest.mark.parametrize('crop', images.CROPS)
@pytest.mark.parametrize('side', [8, 13, 31, 39])
@pytest.mark.parametrize('channels', [1, 3])
def test_every_crop_is_the_same_of_a_square(crop, side, channels):
  picture = crop_of(21)[:side, :side, :channels]
  got = images.CROPS[crop](picture, 13)
  assert got.shape == (13, 13, channels)
  np.testing.assert_array_equal(got, images.center_crop(picture, 13))


@pytest.mark.parametrize(('height', 'width'), [(8, 24), (24, 8), (7, 20)])
def test_a_letterbox_is_the_whole_picture_on_white(height, width):
  """Of one grey, of which as much is left as its ratio says, in the middle."""
  got = images.letterbox(np.full((height, width, 3), 9, np.uint8), 12)
  assert set(np.unique(got)) == {9, 255}
  rows, columns = (np.flatnonzero((got[..., 0] == 9).any(a)) for a in (1, 0))
  scale = 12 / max(height, width)
  for seen, side in ((rows, height), (columns, width)):
    assert len(seen) == round(side * scale)
    assert abs(seen[0] - (11 - seen[-1])) <= 1


@pytest.mark.parametrize(('height', 'width'), [(16, 48), (48, 16), (24, 12)])
def test_resizing_keeps_every_third_a_third(height, width):
  """Of which the centre crop would take the outer two, or half of them."""
  third = max(height, width) // 3
  thirds = np.repeat(np.array([80, 0, 200], np.uint8), third)
  grey = np.tile(thirds, (min(height, width), 1))
  picture = np.repeat((grey if width > height else grey.T)[..., None], 3, -1)
  got = images.resize(picture, 12)[..., 0].astype(int)
  expected = np.repeat([80, 0, 200], 4)
  across = got.mean(axis=0 if width > height else 1)
  assert np.abs(across - expected)[[0, 1, 2, 5, 6, 9, 10, 11]].max() < 10


@pytest.mark.parametrize('crop', images.CROPS)
@pytest.mark.parametrize('size', [9, 16, 23])
def test_the_longest_picture_that_is_read_has_every_crop(crop, size):
  got = images.CROPS[crop](np.zeros((64, 1, 3), np.uint8), size)
  assert got.shape == (size, size, 3) and (got == 0).any()


@pytest.mark.parametrize(
  ('height', 'width', 'much'),
  [(20, 30, False), (30, 20, False), (20, 31, True), (31, 20, True)],
)
def test_much_is_more_than_a_third_of_the_area(height, width, much):
  assert images.loses_much(np.zeros((height, width, 3))) == much
  assert (1 - min(height, width) / max(height, width) > 1 / 3 + 1e-9) == much
