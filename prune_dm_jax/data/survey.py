"""What the files of a Source hold: a hash of their bytes, their size, grey or not.

Every file is read once, whole, and none is decoded: a second or two for ten
thousand pictures, and as long as the disk needs for more.
"""

import concurrent.futures
import hashlib
import io
from typing import NamedTuple

import numpy as np
from PIL import Image

from prune_dm_jax.data import decode

THREADS = 8
"""That read side by side: what one waits for is the disk, or another machine."""

SWAPPED = 5
"""EXIF orientations from here on swap height and width."""


class Content(NamedTuple):
  digest: bytes
  """Of all bytes of the file; empty, if it cannot be read."""
  size: tuple[int, ...]
  """Height and width when upright; empty, if it does not say."""
  grey: bool


def of_source(source, *, say=lambda done: None):
  """[N] Content of every example; say(number) is called as they are read."""
  parts = np.array_split(np.arange(len(source)), max(len(source) // 64, 1))
  read = lambda part: [of_example(source, int(i)) for i in part]
  found = []
  with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
    for part in pool.map(read, parts):
      found += part
      say(len(found))
  return found


def of_example(source, i):
  try:
    data = source.data(i)
  except (OSError, ValueError):  # Why, the full decode says.
    return Content(b'', (), False)
  digest = hashlib.sha256(data).digest()[:16]
  try:
    with Image.open(io.BytesIO(data), formats=decode.FORMATS) as opened:
      return Content(digest, upright(opened), is_grey(opened))
  except Exception:  # Pillow's readers raise anything.
    return Content(digest, (), False)


def upright(opened):
  """Height and width, as decode.picture turns it."""
  width, height = opened.size
  try:
    swapped = opened.getexif().get(decode.ORIENTATION, 0) in range(SWAPPED, 9)
  except Exception:  # As decode.turned.
    swapped = False
  return (width, height) if swapped else (height, width)


def is_grey(opened):
  """Whether it has one channel, or a palette of greys, but for opacity."""
  if opened.mode == 'P':
    palette = opened.palette
    colours = np.frombuffer(bytes(palette.palette), np.uint8)
    if (palette.rawmode or palette.mode) != 'RGB' or len(colours) % 3:
      return False
    return not np.ptp(colours.reshape(-1, 3), axis=1).any()
  return opened.mode in ('1', 'L', 'LA', 'La') or opened.mode[0] in 'IF'


def digest(contents, keys):
  """16 hex digits over every key and what its file holds."""
  sha = hashlib.sha256()
  for key, content in zip(keys, contents, strict=True):
    sha.update(content.digest + key.encode() + b'\n')
  return sha.hexdigest()[:16]


def repeated(contents):
  """[(i, j)]: the i-th file holds what an earlier one, the j-th, does."""
  first, found = {}, []
  for i, content in enumerate(contents):
    j = first.setdefault(content.digest, i)
    if j != i and content.digest:
      found.append((i, j))
  return found
