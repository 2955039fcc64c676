"""Pictures of any data as HTML, that say what they are when pointed at."""

import concurrent.futures
import functools
import os

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.report import gallery
from prune_dm_jax.report import grid

THREADS = min(os.cpu_count(), 4)
"""That decode, so that few pictures are in memory."""

SMALL = 32
"""Up to here pictures are magnified, and not lossy."""


def pictures(source, indices, words, *, size, crop):
  """Images of some pictures.

  Args:
    source: The data.
    indices: [n] places in it.
    words: [n] (text, 'kept' or 'pruned', and perhaps lines of more).
    size: Pixels a side.
    crop: A row of images.CROPS.
  """
  if not len(indices):
    return []
  read = functools.partial(images.batch, source, size=size, crop=crop)
  with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
    batch = np.concatenate([*pool.map(read, np.asarray(indices)[:, None])])
  return images_of(batch, words, size=size)


def images_of(batch, words, *, size):
  """Images of uint8 [n, size, size, C], see `pictures`."""
  return [
    gallery.image(uri(size)(picture), *said)
    for picture, said in zip(batch, words, strict=True)
  ]


def uri(size):
  """What makes a picture of so many pixels a URI."""
  return grid.data_uri if size <= SMALL else grid.photo_uri


def side(size):
  """Screen pixels of a picture: small ones are magnified whole times."""
  return size * max(1, SMALL // size)
