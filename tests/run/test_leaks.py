"""Copies of what is held out, among what is trained on."""

import json

import numpy as np
import pytest
from PIL import Image

from configs import image_folder
from prune_dm_jax.run import opening
from prune_dm_jax.stages import data


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
  """train/ and test/ of two classes; 3 of 8 in test/ are copies, 1 by pixels."""
  root, rng = tmp_path_factory.mktemp('leaks'), np.random.default_rng(0)
  for i in range(24):
    path = root / 'set' / 'train' / 'ab'[i % 2] / f'{i:02d}.png'
    save(rng.integers(0, 256, (8, 8, 3), np.uint8), path)
  for i in range(8):
    path = root / 'set' / 'test' / 'ab'[i % 2] / f'{i:02d}.png'
    save(rng.integers(0, 256, (8, 8, 3), np.uint8), path)
  for i in (0, 1):
    (root / 'set/test/a' / f'copy{i}.png').write_bytes(
      (root / f'set/train/{"ab"[i]}/{i:02d}.png').read_bytes()
    )
  with Image.open(root / 'set/train/a/02.png') as picture:
    picture.save(root / 'set/test/a/same.bmp')
  return root / 'set'


def save(array, path):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(array).save(path)


def opened(folder, workdir, leaks):
  config = image_folder.get_config('random,small')
  config.data.update(path=str(folder), leaks=leaks)
  return opening.open_run(config, workdir)


def test_leaks_are_counted_by_bytes_and_by_pixels(folder, tmp_path):
  run = opened(folder, tmp_path, 'keep')
  facts = json.loads((data.build(run) / 'split.json').read_text())
  assert facts['leaks'] == {'bytes': 2, 'pixels': 3}
  assert (len(run.train), len(run.held_out), len(run.leaked)) == (24, 11, 0)


def test_what_leaks_is_not_trained_on_if_so_asked(folder, tmp_path):
  run = opened(folder, tmp_path, 'drop')
  left = {run.source.keys[i].split('/', 1)[1] for i in run.leaked}
  assert left == {'a/00.png', 'b/01.png', 'a/02.png'}
  assert len(run.train) == 21
  facts = json.loads((data.build(run) / 'split.json').read_text())
  assert facts['leaks'] == {'bytes': 0, 'pixels': 0} and facts['leaked'] == 3


def test_a_split_by_hash_keeps_copies_on_one_side(tmp_path):
  rng = np.random.default_rng(1)
  for i in range(30):
    array = rng.integers(0, 256, (8, 8, 3), np.uint8)
    for name in 'xyz':
      save(array, tmp_path / 'set' / f'{i}{name}.png')
  run = opened(tmp_path / 'set', tmp_path / 'w', 'keep')
  assert len(run.held_out) == 18
  assert not set(run.copies[run.train]) & set(run.copies[run.held_out])
  plain = run.paths.split.name
  for i in range(30):  # Other pixels, the same names: no copies.
    for name in 'xyz':
      save(
        rng.integers(0, 256, (8, 8, 3), np.uint8),
        tmp_path / 'set' / f'{i}{name}.png',
      )
  assert (
    opened(tmp_path / 'set', tmp_path / 'w', 'keep').paths.split.name != plain
  )
