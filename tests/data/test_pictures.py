"""Pictures to be judged, from anywhere."""

import shutil

import numpy as np
import pytest
from anyones import IMAGES
from anyones import checked_alone
from anyones import opened
from anyones import saved
from PIL import Image

from prune_dm_jax.data import image_folder


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
  saved(tmp_path, ['b.png', 'a.png', 'c/d.png'])
  found = opened(tmp_path)
  assert found.keys == ('a.png', 'b.png', 'c/d.png') and found.labels is None
  np.testing.assert_array_equal(found.read([2, 0]), IMAGES[[2, 1]])


def test_folders_are_classes_if_all_pictures_are_in_one(tmp_path):
  saved(tmp_path, ['cat/1.png', 'cat/2.png', 'ape/1.png'])
  assert opened(tmp_path).labels.tolist() == [0, 1, 1]


def test_grey_pictures_have_one_channel(tmp_path):
  saved(tmp_path, ['a.png'], IMAGES[:, :, :, :1])
  found = opened(tmp_path).read([0])
  np.testing.assert_array_equal(found, IMAGES[:1, :, :, :1])


def test_what_is_seen_through_is_white_as_in_a_set_to_train_on(tmp_path):
  clear = np.zeros((2, 2, 4), np.uint8)
  clear[0, 0] = 10, 20, 30, 255
  Image.fromarray(clear).save(tmp_path / 'a.png')
  got = opened(tmp_path).read([0])[0]
  assert got[0, 0].tolist() == [10, 20, 30] and (got[1] == 255).all()


@pytest.mark.parametrize('kind', ['npz', 'npy', 'cell', 'samples'])
def test_arrays_are_read_with_their_labels(kind, tmp_path):
  labels = np.arange(5)
  path = tmp_path / f'a.{kind}'
  if kind == 'npz':
    np.savez(path, arr_0=IMAGES, arr_1=labels)
  elif kind == 'npy':
    np.save(path, IMAGES)
  else:
    samples = path / 'samples' if kind == 'cell' else path
    samples.mkdir(parents=True)
    np.save(samples / 'images.npy', IMAGES)
    np.save(samples / 'labels.npy', labels)
  found = opened(path)
  np.testing.assert_array_equal(found.read([3, 1]), IMAGES[[3, 1]])
  assert len(found) == 5
  assert (
    found.labels is None if kind == 'npy' else (found.labels == labels).all()
  )


def test_another_picture_is_another_fingerprint(tmp_path):
  found = []
  for i, images in enumerate([IMAGES, IMAGES, IMAGES[::-1]]):
    np.save(tmp_path / f'{i}.npy', images)
    found.append(opened(tmp_path / f'{i}.npy').fingerprint)
  assert found[0] == found[1] != found[2]


def empty(path):
  path.mkdir()


def not_a_picture(path):
  path.mkdir()
  (path / 'a.png').write_text('no picture')


def floats(path):
  np.save(path.with_suffix('.npy'), IMAGES / 255)


def floats_cast(path):
  np.save(path.with_suffix('.npy'), (IMAGES / 255).round().astype(np.uint8))


def pickled(path):
  np.savez(path.with_suffix('.npz'), arr_0=np.array([{}]))


def four_channels(path):
  np.save(path.with_suffix('.npy'), np.zeros((2, 3, 3, 4), np.uint8))


def without_arr_0(path):
  np.savez(path.with_suffix('.npz'), images=IMAGES)


def other_labels(path):
  np.savez(path.with_suffix('.npz'), arr_0=IMAGES, arr_1=np.arange(4))


def labels_of_floats(path):
  np.savez(path.with_suffix('.npz'), arr_0=IMAGES, arr_1=np.arange(5.0))


def a_byte_flipped(path):
  np.savez(path.with_suffix('.npz'), arr_0=IMAGES)
  content = bytearray(path.with_suffix('.npz').read_bytes())
  content[400] ^= 1
  path.with_suffix('.npz').write_bytes(content)


BAD = {
  empty: 'no picture in this folder',
  not_a_picture: 'read: 1 not a picture .a.png',
  floats: 'got float64',
  floats_cast: 'hold only 0 and 1, .* bring them to 0 to 255',
  pickled: 'not an .npz file of numbers',
  four_channels: '4 channels',
  without_arr_0: 'no arr_0',
  other_labels: '5 pictures, but labels of shape',
  labels_of_floats: 'its labels are float64',
  a_byte_flipped: 'not an .npz file of numbers',
}


@pytest.mark.parametrize('make', BAD)
def test_what_is_wrong_is_one_sentence(make, tmp_path):
  make(tmp_path / 'bad')
  (path,) = tmp_path.iterdir()
  with pytest.raises(ValueError, match=BAD[make]):
    opened(path)


@pytest.mark.parametrize('most', [0, 2, 255])
def test_black_pictures_and_those_of_few_levels_are_pictures(most, tmp_path):
  images = np.zeros((3, 4, 4, 3), np.uint8)
  images[1, 0, 0] = most
  np.save(tmp_path / 'a.npy', images)
  assert opened(tmp_path / 'a.npy').read([1])[0].max() == most


def test_sizes_are_known_by_the_first_picture_of_each(tmp_path):
  saved(tmp_path, ['a.png', 'b.png'], [IMAGES[0], IMAGES[0, :3]])
  found = opened(tmp_path)
  assert found.sizes == {(6, 4): 'a.png', (3, 4): 'b.png'}


def test_a_grey_picture_among_colours_is_colour_as_in_a_set_to_train_on(
  tmp_path,
):
  (tmp_path / '0.png').write_bytes(b'no picture')
  saved(tmp_path, ['a.png', 'b.png'], [IMAGES[1, :, :, :1], IMAGES[0]])
  found = opened(tmp_path)
  assert found.channels == 3
  assert [picture.shape for picture in found.read([0, 1])] == [(6, 4, 3)] * 2


def test_pictures_order_and_classes_are_those_of_a_data_set(tmp_path):
  names = ['cat/0.png', 'cat-big/0.tif', 'cat/.hidden.png', 'cat/1.GIF']
  saved(tmp_path / 'set', names)
  source = image_folder.open_folder(tmp_path / 'set')
  found = opened(tmp_path / 'set')
  assert found.keys == source.keys and found.class_names == ('cat', 'cat-big')
  assert found.keys == ('cat-big/0.tif', 'cat/0.png', 'cat/1.GIF')
  assert found.labels.tolist() == source.labels.tolist() == [1, 0, 0]
  named, _ = checked_alone(tmp_path / 'set')(source)
  assert found.fingerprint == named.fingerprint


def test_an_archive_is_read_as_the_folder_in_it(tmp_path):
  saved(tmp_path / 'set', ['a.png', 'b.png'])
  shutil.make_archive(tmp_path / 'packed', 'zip', tmp_path / 'set')
  one, other = map(opened, [tmp_path / 'set', tmp_path / 'packed.zip'])
  assert one.keys == other.keys and one.contents == other.contents
  np.testing.assert_array_equal(one.read([0, 1]), other.read([0, 1]))


def test_other_pictures_of_the_same_names_and_bytes_are_other_contents(
  tmp_path,
):
  found = []
  for place, images in enumerate([IMAGES, IMAGES, IMAGES[::-1]]):
    saved(tmp_path / str(place), ['a.bmp', 'b.bmp'], images)
    found.append(opened(tmp_path / str(place)).contents)
  assert found[0] == found[1] != found[2]


def test_what_cannot_be_decoded_is_left_out_as_from_a_data_set(tmp_path):
  saved(tmp_path, ['a.png', 'c.png'])
  whole = (tmp_path / 'a.png').read_bytes()
  (tmp_path / 'b.png').write_bytes(whole[: len(whole) // 2])
  found = opened(tmp_path)
  assert found.keys == ('a.png', 'c.png') and list(found.source.bad) == [
    'b.png'
  ]
  np.testing.assert_array_equal(found.read([1])[0], IMAGES[1])


def test_a_cell_without_samples_is_no_folder_of_pictures(tmp_path):
  saved(tmp_path, ['figure.png'])
  (tmp_path / 'selection.json').write_text('{}')
  with pytest.raises(ValueError, match='no samples yet.*--until=sample'):
    opened(tmp_path)


def test_what_is_not_there_is_said(tmp_path):
  with pytest.raises(ValueError, match='nowhere: there is no such'):
    opened(tmp_path / 'nowhere')
