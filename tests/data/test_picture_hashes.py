"""What is known of pictures from anywhere by their hashes, and of arrays in place."""

import numpy as np
import pytest
from anyones import IMAGES
from anyones import opened
from anyones import saved

from prune_dm_jax.data import npz
from prune_dm_jax.data import pictures


def test_hashes_are_of_the_pictures_that_are_left_in_their_order(tmp_path):
  saved(tmp_path, ['b.png', 'c.bmp', 'd.png'], IMAGES[[0, 1, 0]])
  (tmp_path / 'a.png').write_bytes(b'no picture')
  found = opened(tmp_path)
  for hashes in (found.bytes, found.pixels):
    assert hashes.any(1).all()
    assert [bytes(h) == bytes(hashes[0]) for h in hashes] == [True, False, True]
  assert found.bytes[0].tobytes() != found.pixels[0].tobytes()


@pytest.mark.parametrize('channels', [1, 3])
def test_an_array_has_the_hash_of_the_file_of_its_pixels(channels, tmp_path):
  images = IMAGES[..., :channels]
  saved(tmp_path / 'set', [f'{i}.png' for i in range(5)], images)
  np.save(tmp_path / 'a.npy', images)
  files, arrays = opened(tmp_path / 'set'), opened(tmp_path / 'a.npy')
  assert files.channels == arrays.channels == channels
  np.testing.assert_array_equal(files.pixels, arrays.pixels)
  assert arrays.bytes is None


def test_how_far_the_hashing_of_arrays_is_can_be_said(tmp_path, monkeypatch):
  np.save(tmp_path / 'a.npy', IMAGES)
  monkeypatch.setattr(pictures, 'TOGETHER', 2)
  said = []
  pictures.open_pictures(
    tmp_path / 'a.npy', check=None, counter=lambda n: said.append
  )
  assert said == [2, 4, 5]


@pytest.mark.parametrize('save', [np.savez, np.savez_compressed])
def test_an_array_of_an_npz_is_in_place_if_it_is_not_packed(save, tmp_path):
  array = np.asfortranarray(np.arange(6).reshape(2, 3))
  save(tmp_path / 'a.npz', first=np.ones(3), second=array)
  found = npz.array(tmp_path / 'a.npz', 'second')
  np.testing.assert_array_equal(found, array)
  assert isinstance(found, np.memmap) == (save is np.savez)
