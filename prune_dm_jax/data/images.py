"""Pictures as arrays: ADM's centre crop (Dhariwal & Nichol, 2021), [-1, 1]."""

import numpy as np
from PIL import Image


def center_crop(image, size):
  """uint8 [H, W, C] -> uint8 [size, size, C].

  Halves with BOX while the short side is at least twice `size`, then BICUBIC to
  `size`, then the centre.
  """
  picture = Image.fromarray(
    image.squeeze(-1) if image.shape[-1] == 1 else image
  )
  while min(picture.size) >= 2 * size:
    half = tuple(side // 2 for side in picture.size)
    picture = picture.resize(half, Image.Resampling.BOX)
  scale = size / min(picture.size)
  scaled = tuple(round(side * scale) for side in picture.size)
  array = np.asarray(picture.resize(scaled, Image.Resampling.BICUBIC))
  top, left = (array.shape[0] - size) // 2, (array.shape[1] - size) // 2
  array = array[top : top + size, left : left + size]
  return array.reshape(size, size, -1)


def batch(source, indices, *, size):
  """uint8 [B, size, size, C] pictures of a source."""
  return np.stack([center_crop(source.image(int(i)), size) for i in indices])


def to_unit(images):
  """uint8 -> float32 in [-1, 1]."""
  return np.asarray(images, np.float32) / 127.5 - 1


def to_uint8(images):
  """[-1, 1] -> uint8, rounded and clipped; arrays of numpy or of JAX."""
  return ((images + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
