"""Pictures of anyone, as files and opened to be judged."""

import tempfile

import numpy as np
from PIL import Image

from prune_dm_jax.data import pictures
from prune_dm_jax.run import checked

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 6, 4, 3), np.uint8)


def saved(folder, names, images=IMAGES):
  for name, image in zip(names, images, strict=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image.squeeze()).save(path)


def checked_alone(path):
  """source -> what can be read of it, and its Facts."""

  def check(source):
    with tempfile.TemporaryDirectory() as workdir:
      return checked.source(source, path, workdir)

  return check


def opened(path):
  return pictures.open_pictures(path, check=checked_alone(path))
