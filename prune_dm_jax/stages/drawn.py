"""Pictures of any data as HTML, that say what they are when pointed at."""

from prune_dm_jax.data import images
from prune_dm_jax.report import gallery
from prune_dm_jax.report import grid

SMALL = 32
"""Up to here pictures are magnified, and not lossy."""


def pictures(source, indices, words, *, size, crop):
  """Images of some pictures.

  Args:
    source: The data.
    indices: [n] places in it.
    words: [n] (text, 'kept' or 'pruned').
    size: Pixels a side.
    crop: A row of images.CROPS.
  """
  if not len(indices):
    return []
  uri = grid.data_uri if size <= SMALL else grid.photo_uri
  batch = images.batch(source, indices, size=size, crop=crop)
  return [
    gallery.image(uri(picture), *said)
    for picture, said in zip(batch, words, strict=True)
  ]


def side(size):
  """Screen pixels of a picture: small ones are magnified whole times."""
  return size * max(1, SMALL // size)
