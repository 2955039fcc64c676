"""Kinds of pictures that a good selection must find: a row, and how each is made.

A twin stands beside the picture that it is of; what is spoiled, or of no class,
instead of its picture; a rare class alone, as most of its pictures are left out.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

QUALITY = 30
"""Of the JPEG that a twin once was."""


def as_is(picture, rng, other):
  """All of these: uint8 [H, W, C], a generator and a picture of another set ->
  uint8 [H, W, C].
  """
  del rng, other
  return picture


def cropped(picture, rng, other):
  """Without an eighth at each border, at the old size."""
  del rng, other
  cut = [max(side // 8, 1) for side in picture.shape[:2]]
  inner = picture[cut[0] : -cut[0], cut[1] : -cut[1]]
  return sized(inner, picture.shape)


def jpeg(picture, rng, other):
  del rng, other
  file = io.BytesIO()
  of_array(picture).save(file, 'JPEG', quality=QUALITY)
  return np.asarray(Image.open(file)).reshape(picture.shape)


def flipped(picture, rng, other):
  del rng, other
  return picture[:, ::-1]


def shifted(picture, rng, other):
  """A sixteenth to the right, at least a pixel; the border is repeated."""
  del rng, other
  by = max(picture.shape[1] // 16, 1)
  return picture[:, np.maximum(np.arange(picture.shape[1]) - by, 0)]


def noise(picture, rng, other):
  del other
  return rng.integers(0, 256, picture.shape, np.uint8)


def blank(picture, rng, other):
  del other
  return np.full(picture.shape, rng.integers(0, 256), np.uint8)


def foreign(picture, rng, other):
  del rng
  return sized(other, picture.shape)


def out_of_focus(picture, rng, other):
  del rng, other
  return blurred(picture[None], radius=max(len(picture) // 16, 1))[0]


def blurred(pictures, *, radius=1):
  """Each pixel the mean of the square about it; uint8 [N, H, W, C]."""
  side, (h, w) = 2 * radius + 1, pictures.shape[1:3]
  edge = (radius, radius)
  wide = np.pad(pictures, ((0, 0), edge, edge, (0, 0)), mode='edge')
  parts = [
    wide[:, i : i + h, j : j + w] for i in range(side) for j in range(side)
  ]
  return np.mean(parts, axis=0).round().astype(np.uint8)


def of_array(picture):
  return Image.fromarray(
    picture.squeeze(-1) if picture.shape[-1] == 1 else picture
  )


def sized(picture, shape):
  """A picture at the size, and in the colours or grey, of a shape."""
  height, width, channels = shape
  image = of_array(picture).convert('L' if channels == 1 else 'RGB')
  image = image.resize((width, height), Image.Resampling.BICUBIC)
  return np.asarray(image).reshape(shape)


def png(picture):
  """The bytes of a file; equal of equal pictures."""
  file = io.BytesIO()
  of_array(picture).save(file, 'PNG')
  return file.getvalue()


class Kind(NamedTuple):
  make: Callable
  where: str
  """beside | instead | alone"""
  about: str
  """What a set has that has many of them, in words."""


KINDS = {
  'byte twin': Kind(as_is, 'beside', 'files that are there twice'),
  'cropped': Kind(cropped, 'beside', 'cropped copies'),
  'jpeg': Kind(jpeg, 'beside', 'copies compressed again'),
  'flipped': Kind(flipped, 'beside', 'mirrored copies'),
  'shifted': Kind(shifted, 'beside', 'shifted copies'),
  'wrong label': Kind(as_is, 'instead', 'wrong labels'),
  'noise': Kind(noise, 'instead', 'noise'),
  'blank': Kind(blank, 'instead', 'blank pictures'),
  'foreign': Kind(foreign, 'instead', 'pictures of something else'),
  'blurred': Kind(out_of_focus, 'instead', 'blurred pictures'),
  'rare class': Kind(as_is, 'alone', 'a rare class, to be kept'),
}
"""Twins are of their pictures, and count as found where one of the two goes."""

TWINS = tuple(name for name, row in KINDS.items() if row.where == 'beside')
OF_CLASSES = ('wrong label', 'rare class')
"""Kinds that are none where there are not several classes."""
