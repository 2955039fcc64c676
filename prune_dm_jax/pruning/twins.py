"""Near twins: how far apart two pictures are, and how near twins are.

  d(x, y) = 1 - cos(x, y) = |u - v|^2 / 2      u = x / |x|, v = y / |y|

Of thumbnails x is less its mean, so that d is one less the correlation: what a
difference weighs is relative to the contrast of the pair, and two faint
pictures are not twins for being faint. These must be alike in shape, contrast
and brightness too, and are not asked below a contrast of FLAT.

The threshold is from random pairs. Near nothing they are as rare as the volume
of a ball in m dimensions, P(d < t) = C t^m, of which the logarithms of two
quantiles tell m. It is where, of all N (N - 1) / 2 pairs, CHANCE is expected.
"""

from typing import NamedTuple

import numpy as np

FLAT = 2.0
"""Grey levels of contrast; of less, rounding to whole ones is too large a part."""

WHITE = 255.0

ASPECT, CONTRAST, BRIGHTNESS = 1.05, 1.1, 0.1
"""What twins may differ by: two factors, and a part of the contrast."""

LOW, HIGH = 0.03, 0.3
"""Quantiles of random pairs: true twins weigh little between them."""

CHANCE = 0.01
"""Pairs by chance that are expected under the threshold, of the whole set."""

AT_ONCE = 4096


class Views(NamedTuple):
  """Of N pictures, all that tells whether two of them are near twins."""

  x: np.ndarray
  """[N, D] of length one, perhaps a memory map."""
  aspect: np.ndarray
  """[N] width over height."""
  contrast: np.ndarray
  """[N] standard deviation of a thumbnail, in grey levels."""
  brightness: np.ndarray
  """[N] its mean, in grey levels."""


def unit(x):
  """[N, D] float32 rows of length one, and their lengths [N]."""
  x = np.asarray(x, np.float64)
  length = np.linalg.norm(x, axis=1)
  scale = np.where(length > 0, length, 1)[:, None]
  return (x / scale).astype(np.float32), length


def of_thumbnails(thumbnails):
  """x [N, D], contrast and brightness [N] of thumbnails [N, h, w, 3]."""
  x = np.asarray(thumbnails, np.float64).reshape(len(thumbnails), -1)
  brightness = x.mean(axis=1)
  x, length = unit(x - brightness[:, None])
  return x, length / np.sqrt(x.shape[1]), brightness


def of_features(features):
  """The same of features [N, D], that have no contrast to be alike in."""
  x, length = unit(features)
  return x, np.where(length > 0, WHITE, 0), np.zeros(len(x))


def distances(x, one, other):
  """[n] float64 between x[one] and x[other], from differences: of copies, 0."""
  found = np.empty(len(one))
  for first in range(0, len(one), AT_ONCE):
    part = slice(first, first + AT_ONCE)
    apart = np.asarray(x[one[part]], np.float64) - x[other[part]]
    found[part] = np.einsum('nd,nd->n', apart, apart) / 2
  return found


def alike(views, one, other):
  """[n] bool: whether shape, contrast and brightness are about the same."""
  contrasts = views.contrast[one], views.contrast[other]
  largest = np.maximum(*contrasts)
  apart = np.abs(views.brightness[one] - views.brightness[other])
  return (
    within(views.aspect[one], views.aspect[other], ASPECT)
    & within(*contrasts, CONTRAST)
    & (apart <= BRIGHTNESS * largest)
  )


def within(a, b, factor):
  return np.maximum(a, b) <= factor * np.minimum(a, b)


def random_distances(x, *, number=100_000, seed=0):
  """Ascending distances of random pairs of two different rows of x [N, D]."""
  if len(x) < 2:
    return np.zeros(0)
  rng = np.random.default_rng(seed)
  one = rng.integers(0, len(x), number)
  other = (one + rng.integers(1, len(x), number)) % len(x)
  order = np.argsort(one, kind='stable')  # Of a memory map, read in order.
  return np.sort(distances(x, one[order], other[order]))


def threshold(random, number):
  """The distance of near twins, and m, the power of the tail.

  Args:
    random: [R] distances of random pairs.
    number: N, of pictures.

  Returns:
    0 and 0 where random pairs tell nothing: only equals are twins then.
  """
  if not len(random) or number < 2:
    return 0.0, 0.0
  low, high = np.quantile(random, [LOW, HIGH])
  if not 0 < low < high:
    return 0.0, 0.0
  power = np.log(HIGH / LOW) / np.log(high / low)
  chance = CHANCE / (number * (number - 1) / 2)
  found = low * min(chance / LOW, 1) ** (1 / power)
  return float(found), float(power)
