"""Pixels as features: kept as they were shown, which is a quarter of the bytes.

uint8 {'image': [b, H, W, C]} <-> float32 {'features': [b, H*W*C]}
"""

import jax
import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.run import damage
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.run import room
from prune_dm_jax.run import store


def shown(batch):
  """What is kept of a batch."""
  return {'image': batch['image']}


def of_shown():
  """A function: what was kept -> its features.

  From a table of what each of the 256 values is to the backbone.
  """
  see, params = BACKBONES['pixels'].load(None)
  level = np.arange(256, dtype=np.uint8).reshape(1, 1, -1, 1)
  features, _ = jax.jit(see)(params, level)
  values = np.asarray(features[0])

  def then(batch):
    image = batch['image']
    return {'features': values[image].reshape(len(image), -1)}

  return then


def write(run, read, folder):
  """features.npy of all pictures, as the store has their crops already.

  read: indices [b] -> what was kept of them. The first process writes.
  """
  if not processes.first():
    return
  then, size = of_shown(), len(run.source)
  width = run.config.data.image_size**2 * 3
  rows = room.reserved(folder / 'features.npy', (size, width), np.float32)
  say = progress.counter('features of pixels', size)
  for first in range(0, size, store.FEW):
    some = np.arange(first, min(first + store.FEW, size))
    rows[some] = then(read(some))['features']
    say(first + len(some))
  rows.flush()


def seen(run, indices):
  """uint8 [b, H, W, C] of some pictures, from their features; None without."""
  path, side = run.paths.features / 'features.npy', run.config.data.image_size
  if run.config.score.backbone != 'pixels' or not path.exists():
    return None
  rows = damage.map_array(path)[indices]
  return images.to_uint8(rows).reshape(len(indices), side, side, -1)
