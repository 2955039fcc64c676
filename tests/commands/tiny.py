"""A folder of tiny pictures and two cells of it, made in a second or two."""

import pathlib
from typing import NamedTuple

import numpy as np
from PIL import Image

from configs import image_folder
from prune_dm_jax import stages

CLASSES = ('cat', 'dog', 'été')


class Tiny(NamedTuple):
  data: pathlib.Path
  clustered: pathlib.Path
  """A cell that keeps half of each of two clusters."""
  random: pathlib.Path
  """A cell of the same data."""


def pictures(folder, each=8):
  """PNGs of 8 x 8, of which dog/2.png is cat/1.png again."""
  rng = np.random.default_rng(0)
  for name in CLASSES:
    (folder / name).mkdir(parents=True)
    for i in range(each):
      picture = rng.integers(0, 256, (8, 8, 3), np.uint8)
      Image.fromarray(picture).save(folder / name / f'{name[0]} {i}.png')
  again = (folder / 'cat/c 1.png').read_bytes()
  (folder / 'dog/d 2.png').write_bytes(again)
  return folder


def config(data, variant):
  found = image_folder.get_config(f'{variant},small')
  found.data.path = str(data)
  found.data.image_size = 8
  found.score.update(num_clusters=2, restarts=1)
  return found


def make(folder):
  data, runs = pictures(folder / 'set'), folder / 'runs'
  for variant in ('cluster_pixels', 'random'):
    stages.run_until(config(data, variant), runs, 'select')
  return Tiny(
    data, runs / 'cluster_pixels-0.5-seed0', runs / 'random-0.5-seed0'
  )
