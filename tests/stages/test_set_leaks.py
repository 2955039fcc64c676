"""Copies among the sets that are compared are counted and said."""

import logging

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.stages import leaks
from prune_dm_jax.stages import sets as sets_lib


def drawn(number, seed, channels=3):
  rng = np.random.default_rng(seed)
  return rng.integers(0, 256, (number, 4, 4, channels), np.uint8)


def saved(folder, images, kind='png'):
  folder.mkdir()
  for i, image in enumerate(images):
    Image.fromarray(image.squeeze()).save(folder / f'{i:02d}.{kind}')
  return folder


def opened(tmp_path, **paths):
  return {
    role: sets_lib.opened(path, tmp_path / 'cache', most=0)
    for role, path in paths.items()
  }


def shares(rows):
  return {row['metric']: row['value'] for row in rows}


@pytest.fixture
def paths(tmp_path):
  """10 generated, of which 3 are in training, 1 twice; 8 of reference, 2 and 1
  more of other files; 12 to train on, 2 of them copies of earlier ones.
  """
  training = drawn(10, 1)
  made, real = drawn(10, 2), drawn(8, 3)
  made[[2, 5, 7]], real[:3] = training[[4, 4, 6]], training[[0, 1, 2]]
  real[7] = made[9]
  np.savez(tmp_path / 'made.npz', arr_0=made)
  saved(tmp_path / 'real', real)
  Image.fromarray(real[2]).save(tmp_path / 'real/02.bmp')
  (tmp_path / 'real/02.png').unlink()
  saved(tmp_path / 'train', np.concatenate([training, training[:2]]))
  return dict(
    generated=tmp_path / 'made.npz',
    reference=tmp_path / 'real',
    training=tmp_path / 'train',
  )


def test_copies_of_files_and_of_pixels_are_counted(paths, tmp_path):
  sets = opened(tmp_path, **paths)
  rows = leaks.rows(leaks.across(sets) + leaks.inside(sets))
  assert shares(rows) == {
    'generated_in_training': 3 / 10,
    'reference_in_training': 3 / 8,
    'reference_files_in_training': 2 / 8,
    'generated_in_reference': 1 / 10,
    'generated_repeated': 1 / 10,
    'reference_repeated': 0,
    'reference_files_repeated': 0,
    'training_repeated': 2 / 12,
    'training_files_repeated': 2 / 12,
  }
  assert {r['n'] for r in rows if r['of'].endswith('train')} == {12}


def test_what_is_there_is_said_in_a_line_each_and_else_nothing(
  paths, tmp_path, caplog
):
  with caplog.at_level(logging.WARNING):
    sets = opened(tmp_path, **paths)
    leaks.tell(leaks.across(sets))
  said = [m.replace(f'{tmp_path}/', '') for m in caplog.messages]
  assert said == [
    'made.npz: 1 of 10 pictures are copies of an earlier one, as 5 is 2; each '
    'counts',
    'train: 2 of 12 pictures are copies of an earlier one (2 the same file), as '
    '10.png is 00.png; each counts',
    'made.npz: 3 of 10 generated pictures are copies of training pictures, as 2 '
    'is 04.png of train; they flatter the numbers',
    'real: 3 of 8 reference pictures are copies of training pictures (2 the same '
    'file), as 00.png is 00.png of train; they flatter the numbers',
    'made.npz: 1 of 10 generated pictures are copies of reference pictures, as 9 '
    'is 07.png of real; they flatter the numbers',
  ]


def test_grey_arrays_are_copies_of_grey_files(tmp_path):
  images = drawn(6, 0, channels=1)
  np.save(tmp_path / 'made.npy', images)
  sets = opened(
    tmp_path,
    generated=tmp_path / 'made.npy',
    reference=saved(tmp_path / 'files', images),
    training=saved(tmp_path / 'others', images[::-1], 'bmp'),
  )
  found = leaks.across(sets)
  assert [those.share for those in found] == [1, 1, 1]
  assert [those.files for those in found] == [None, 0, None]


def test_doubts_are_of_what_two_sets_share_alone(paths, tmp_path):
  sets = opened(tmp_path, **paths)
  assert leaks.doubts(leaks.across(sets) + leaks.inside(sets)) == [
    '30 % of the generated pictures are copies of training pictures',
    '37.5 % of the reference pictures are copies of training pictures',
    '10 % of the generated pictures are copies of reference pictures',
  ]
