"""Pictures as arrays: squares of one size, [-1, 1].

The centre crop is ADM's (Dhariwal & Nichol, 2021). The other two lose nothing:
a letterbox is the whole picture on white, as see-through parts are; resizing
loses the ratio of its sides. Of a square all three are the same.
"""

import numpy as np
from PIL import Image


def center_crop(image, size):
  """uint8 [H, W, C] -> uint8 [size, size, C].

  Halves with BOX while the short side is at least twice `size`, then BICUBIC to
  `size`, then the centre.
  """
  picture = halved(image, lambda sides: min(sides) >= 2 * size)
  scale = size / min(picture.size)
  scaled = [round(side * scale) for side in picture.size]
  array = resized(picture, scaled)
  top, left = (array.shape[0] - size) // 2, (array.shape[1] - size) // 2
  return array[top : top + size, left : left + size]


def letterbox(image, size):
  """uint8 [H, W, C] -> uint8 [size, size, C]: the whole picture, on white."""
  picture = halved(image, lambda sides: max(sides) >= 2 * size)
  scale = size / max(picture.size)
  array = resized(picture, [round(side * scale) for side in picture.size])
  height, width = array.shape[:2]
  top, left = (size - height) // 2, (size - width) // 2
  whole = np.full((size, size, array.shape[-1]), 255, np.uint8)
  whole[top : top + height, left : left + width] = array
  return whole


def resize(image, size):
  """uint8 [H, W, C] -> uint8 [size, size, C]: each side by its own factor."""
  picture = halved(image, lambda sides: min(sides) >= 2 * size)
  return resized(picture, (size, size))


CROPS = {'center': center_crop, 'letterbox': letterbox, 'resize': resize}
"""config.data.crop -> (uint8 [H, W, C], size) -> uint8 [size, size, C]."""


def halved(image, large):
  """The picture of an array, halved with BOX while its sides are `large`."""
  picture = Image.fromarray(
    image.squeeze(-1) if image.shape[-1] == 1 else image
  )
  while large(picture.size):
    half = tuple(max(side // 2, 1) for side in picture.size)
    picture = picture.resize(half, Image.Resampling.BOX)
  return picture


def resized(picture, sides):
  """A picture at (width, height) -> uint8 [height, width, C]."""
  array = np.asarray(picture.resize(sides, Image.Resampling.BICUBIC))
  return array.reshape(*array.shape[:2], -1)


def batch(source, indices, *, size, crop):
  """uint8 [B, size, size, C] pictures of a source, cropped as CROPS says."""
  return np.stack([CROPS[crop](source.image(int(i)), size) for i in indices])


def loses_much(image):
  """Whether the centre crop takes away more than a third of [H, W, C]."""
  height, width = image.shape[:2]
  return 3 * min(height, width) < 2 * max(height, width)


def levels(image):
  """From the darkest to the brightest: at most so many of 256 are used."""
  return int(np.ptp(image)) + 1


def to_unit(images):
  """uint8 -> float32 in [-1, 1]."""
  return np.asarray(images, np.float32) / 127.5 - 1


def to_uint8(images):
  """[-1, 1] -> uint8, rounded and clipped; arrays of numpy or of JAX."""
  return ((images + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
