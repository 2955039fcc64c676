"""How a picture looks: a thumbnail of all of it, and numbers by which junk is told.

Luma Y is ITU-R BT.601's of 8 bits. What a picture holds is of its own pixels: of
all, or of 256 lines and columns spread over it at random distances, so that no
pattern falls between them. How sharp it is, is of the picture at 256 pixels, as
a larger photograph of the same thing is no sharper one. So 24 megapixels cost
little more than 256.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

MEANING = 1
"""Raised when a column's meaning changes, so that no earlier row is taken, nor
what was made of one."""

SIDE = 16
"""Of a thumbnail."""

LARGE = 256
"""The longer side at which sharpness is taken; lines and columns of a sample."""

CROP = 256
"""The side of the middle in which blocks are looked for."""

SMALL = 64
"""Sides from which on blocks are looked for: of a smaller picture, which has few,
the lines that are drawn in it say more.
"""

STEP = 2
"""Levels of luma by which a difference must exceed those beside it to stand out."""


class Look(NamedTuple):
  """Of one picture."""

  thumbnail: np.ndarray
  """uint8 [16, 16, 3]: all of it, resized."""
  sharpness: float
  """Variance of the Laplacian Y_left + Y_right + Y_up + Y_down - 4 Y, in levels
  squared."""
  brightness: float
  """Mean of Y, in levels: 0 is black, 255 white."""
  contrast: float
  """Standard deviation of Y, in levels: at most 127.5."""
  entropy: float
  """-sum_y p(y) log2 p(y) over the histogram of Y, in bits: at most 8."""
  one_colour: float
  """Share of the commonest colour, of 16 levels a channel: in (0, 1]."""
  blockiness: float
  """b - a, of neighbours whose Y differs by 2 levels more than that of the pair
  before and of the pair after: their share across the borders of 8 x 8 blocks,
  b, and within them, a. 0 where there are no blocks, 1 where there is nothing
  else; a photograph has about 0.3 as a JPEG of quality 10, and 0.1 of 75. Shares,
  as one edge that happens to lie along a border says nothing, however strong it
  is. 0 below 64 pixels."""


COLUMNS = Look._fields[1:]


def look(picture):
  """The Look of uint8 [H, W, C], of one channel or three."""
  if picture.shape[2] == 1:
    picture = np.repeat(picture, 3, axis=2)
  small, some = reduced(picture), sample(picture)
  histogram = np.array(grey(some).histogram()) / (some.size // 3)
  levels = np.arange(256)
  brightness = float(histogram @ levels)
  return Look(
    thumbnail=np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BOX)),
    sharpness=sharpness(np.asarray(small.convert('L'))),
    brightness=brightness,
    contrast=float(np.sqrt(histogram @ (levels - brightness) ** 2)),
    entropy=entropy(histogram),
    one_colour=one_colour(some),
    blockiness=blockiness(np.asarray(grey(middle(picture)))),
  )


def of_source(source, i):
  """The Look of the i-th picture of a source."""
  return look(source.image(i))


def grey(picture):
  """The luma of uint8 [H, W, 3], as a picture."""
  return Image.fromarray(picture).convert('L')


def reduced(picture):
  """uint8 [H, W, 3] as a picture whose longer side is at most LARGE."""
  longer = max(picture.shape[:2])
  factor = longer // (2 * LARGE)
  small = Image.fromarray(boxes(picture, factor) if factor > 1 else picture)
  if longer <= LARGE:
    return small
  sides = [max(round(n * LARGE / max(small.size)), 1) for n in small.size]
  return small.resize(sides, Image.Resampling.BOX)


def boxes(picture, factor):
  """Means of boxes of factor x factor pixels, by strips that fit a cache."""
  high = 16 * factor
  strips = [picture[i : i + high] for i in range(0, len(picture), high)]
  return np.concatenate(
    [np.asarray(Image.fromarray(strip).reduce(factor)) for strip in strips]
  )


def sample(picture):
  """uint8 [H, W, 3] -> at most LARGE of its lines and of its columns."""
  if max(picture.shape[:2]) <= LARGE:
    return picture
  rng = np.random.default_rng(0)
  lines, columns = (spread(rng, size) for size in picture.shape[:2])
  return picture[lines].take(columns, axis=1)


def spread(rng, size):
  """Indices of all, or one at random out of each of LARGE equal parts."""
  if size <= LARGE:
    return np.arange(size)
  at = (np.arange(LARGE) + rng.random(LARGE)) * size / LARGE
  return at.astype(int)


def sharpness(luma):
  """Variance of the Laplacian of uint8 [H, W]; 0 where nothing has neighbours."""
  y = luma.astype(np.int16)
  inside = y[1:-1, 1:-1]
  if not inside.size:
    return 0.0
  around = y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, :-2] + y[1:-1, 2:]
  return float((around - 4 * inside).var(dtype=np.float32))


def entropy(histogram):
  """In bits, of shares that add up to 1."""
  p = histogram[histogram > 0]
  return float(abs(p @ np.log2(p)))


def one_colour(picture):
  """The share of the commonest colour of uint8 [H, W, 3]."""
  r, g, b = np.moveaxis(picture, -1, 0)
  colour = (r & np.uint16(0xF0)) << np.uint16(4) | (g & 0xF0) | b >> 4
  counts = np.bincount(colour.ravel())
  return float(counts.max() / counts.sum())


def middle(picture):
  """The central CROP x CROP pixels at most, from the corner of a block on."""
  top, left = (max(size - CROP, 0) // 16 * 8 for size in picture.shape[:2])
  return picture[top : top + CROP, left : left + CROP]


def blockiness(luma):
  """How many more differences stand out across borders, of uint8 [H, W]."""
  if min(luma.shape) < SMALL:
    return 0.0
  total, number = np.zeros(8), np.zeros(8)
  for y in (luma, luma.T):
    difference = np.abs(np.diff(y.astype(np.int16), axis=1))
    beside = np.maximum(difference[:, :-2], difference[:, 2:])
    out = (difference[:, 1:-1] >= beside + STEP).sum(0)
    phase = np.arange(1, 1 + len(out)) % 8
    total += np.bincount(phase, out, 8)
    number += np.bincount(phase, minlength=8) * len(y)
  share = total / number
  return float(share[7] - share[:7].mean())
