"""CelebA-HQ, which has no classes, and emoji, which have a long tail."""

import numpy as np
import pytest
from layouts import celeb_a_hq
from layouts import emoji as emoji_set
from layouts import faces
from photographs import crop
from photographs import jpeg
from photographs import put

from configs import celebahq as config
from prune_dm_jax.data import celebahq
from prune_dm_jax.data import emoji
from prune_dm_jax.data import identity


def flat(folder):
  return put(folder, {f'{i:05d}.jpg': jpeg(i) for i in range(15)})


@pytest.mark.parametrize('make', [faces, flat, celeb_a_hq])
def test_faces_have_no_class(make, tmp_path):
  source = celebahq.open_faces(make(tmp_path))
  assert len(source) == 15 and source.class_names == ()
  assert set(source.labels.tolist()) == {-1} and not source.held_out.any()


def test_keys_are_the_names_of_the_files(tmp_path):
  source = celebahq.open_faces(faces(tmp_path))
  assert source.keys == tuple(sorted(f'{i}.jpg' for i in range(15)))


def test_array_record_gives_the_pictures_by_name(tmp_path):
  source = celebahq.open_faces(celeb_a_hq(tmp_path))
  assert source.keys[4] == 'train/00005.png'
  np.testing.assert_array_equal(source.image(4), crop(4))


def test_a_val_folder_is_held_out(tmp_path):
  names = ['train/female/1.jpg', 'train/male/2.jpg', 'val/male/3.jpg']
  put(tmp_path, {name: jpeg(i) for i, name in enumerate(names)})
  source = celebahq.open_faces(tmp_path)
  assert source.held_out.tolist() == [False, False, True]
  assert source.class_names == ()


def test_of_30_000_faces_28_000_are_to_train_on():
  data = config.get_config('random').data
  keys = [f'{i}.jpg' for i in range(30_000)]
  train, held_out = identity.split(keys, held_out=data.held_out, seed=0)
  assert (len(train), len(held_out)) == (28_000, 2_000)


def test_a_class_of_emoji_is_a_category_and_tones_are_pictures(tmp_path):
  source = emoji.open_emoji(emoji_set(tmp_path))
  assert source.keys == ('0023-fe0f-20e3.png', '1f385-1f3fb.png', '1f385.png')
  assert source.class_names == ('People & Body', 'Symbols')
  assert source.labels.tolist() == [1, 0, 0]


def test_an_emoji_that_is_listed_and_not_there_is_bad(tmp_path):
  path = emoji_set(tmp_path)
  (path / 'img/google/64/1f385.png').unlink()
  source = emoji.open_emoji(path)
  assert source.bad == {'1f385.png': 'listed in emoji.json, but not there'}


def test_a_list_of_emoji_that_is_no_json_is_one_sentence(tmp_path):
  path = put(emoji_set(tmp_path), {'emoji.json': b'{'})
  with pytest.raises(ValueError, match='emoji.json: not JSON'):
    emoji.open_emoji(path)


@pytest.mark.parametrize(
  'said', [b'[{"a": 1}]', b'{"image": "x"}', b'[["image"]]', b'7']
)
def test_another_list_of_emoji_is_one_sentence(said, tmp_path):
  path = put(emoji_set(tmp_path), {'emoji.json': said})
  with pytest.raises(
    ValueError, match='emoji.json: not the list of emoji-data'
  ):
    emoji.open_emoji(path)
