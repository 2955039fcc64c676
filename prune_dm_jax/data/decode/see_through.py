"""What is see-through in a file, where Pillow takes other pixels for it.

The one colour of a PNG (tRNS) is as deep as the file keeps it, but is compared
with 8 bits: those of 2 and 4 are spread to 255, and of 16 the low byte is gone.
What the first frame of a GIF leaves of its canvas is filled with a colour.
"""

import io

import numpy as np
from PIL import Image

from prune_dm_jax.data.decode import deep

DEPTH, KIND = 24, 25
"""Where a PNG says its bits a channel, and what its channels are."""

GREY, COLOUR = 0, 2


def rightly(opened, data):
  """The loaded picture of 8 bits, see-through where its file says so.

  Args:
    opened: The picture.
    data: The bytes of its file.
  """
  if opened.format == 'GIF':
    return within(opened, opened.dispose_extent)
  key = opened.info.get('transparency')
  if opened.format != 'PNG' or key is None:
    return opened
  depth, kind = data[DEPTH], data[KIND]
  if kind == GREY and depth in (2, 4):
    opened.info['transparency'] = key * 255 // (2**depth - 1)
  if kind == COLOUR and depth == 16:
    high, low = np.asarray(opened), low_bytes(data)
    seen = ((high.astype(np.uint16) << 8 | low) != key).any(axis=-1)
    return deep.with_alpha(high, seen)
  return opened


def within(opened, box):
  """The first frame of a GIF, see-through outside of its box."""
  if tuple(box) == (0, 0, *opened.size):
    return opened
  whole = Image.new('RGBA', opened.size)
  whole.paste(opened.crop(box).convert('RGBA'), box)
  return whole


def low_bytes(data):
  """uint8 [H, W, 3]: the second byte of each channel of 16 bits."""
  with Image.open(io.BytesIO(data), formats=('PNG',)) as again:
    again.tile = [(*tile[:3], 'RGB;16L') for tile in again.tile]
    return np.asarray(again.convert('RGB'))
