"""Fréchet distance of two Gaussians (Heusel et al., 2017), on any features.

  d = |mu1 - mu2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))

The trace of the root is the sum of the roots of the eigenvalues of the
symmetric L' S2 L, where S1 = L L': real, and never scipy's sqrtm. It is called
FID only on the features of the FID Inception network. What rounding leaves below
0 is 0.
"""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.metrics import finite
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics.plain import DOWN
from prune_dm_jax.metrics.plain import Plain

BLOCK = 4096
"""Rows that are in memory as float64 at a time."""


class Sums(NamedTuple):
  """Of rows less an origin, which all that is added up must share."""

  number: int
  total: np.ndarray
  """[D]"""
  products: np.ndarray
  """[D, D]"""


def blocks(features):
  """Rows [<= BLOCK, D] float64, all finite."""
  finite.check(features)
  for first in range(0, len(features), BLOCK):
    yield np.asarray(features[first : first + BLOCK], np.float64)


def mean_of(features):
  if len(features) < 2:
    raise ValueError(f'a covariance needs 2 examples, got {len(features)}')
  return sum(rows.sum(axis=0) for rows in blocks(features)) / len(features)


def sums(features, origin):
  """Sums of [N, D] rows less the origin [D]."""
  width = len(origin)
  total, products = np.zeros(width), np.zeros((width, width))
  for rows in blocks(features):
    rows = rows - origin
    total += rows.sum(axis=0)
    products += rows.T @ rows
  return Sums(len(features), total, products)


def gaussian(origin, found):
  """Mean [D] and covariance [D, D] (n - 1) of Sums."""
  apart = found.total / found.number
  spread = found.products - found.number * np.outer(apart, apart)
  return origin + apart, spread / (found.number - 1)


def moments(features):
  """[N, D] -> mean [D], covariance [D, D] (n - 1), float64."""
  origin = mean_of(features)
  return gaussian(origin, sums(features, origin))


def factor(covariance):
  """F with F F' = S: by Cholesky, or by eigenvectors where the rank is less."""
  try:
    return np.linalg.cholesky(covariance)
  except np.linalg.LinAlgError:
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(above_rounding(values))


def above_rounding(values):
  """Eigenvalues, those that are but rounding errors set to zero."""
  least = values.max() * len(values) * np.finfo(np.float64).eps
  return np.where(values > least, values, 0)


def distance(mean1, cov1, mean2, cov2):
  half = factor(cov1)
  values = np.linalg.eigvalsh(half.T @ cov2 @ half)
  cross = np.sqrt(above_rounding(values)).sum()
  apart = np.square(mean1 - mean2).sum()
  return max(0.0, float(apart + np.trace(cov1) + np.trace(cov2) - 2 * cross))


def thin(features, reference):
  """`distance` of fewer examples than features: their rows F, F'F / (n - 1) = S1,
  stand for L.
  """
  mean, cov = reference
  rows = np.concatenate(list(blocks(features)))
  own = rows.mean(axis=0)
  half = (rows - own) / np.sqrt(len(rows) - 1)
  values = np.linalg.eigvalsh(half @ cov @ half.T)
  cross = np.sqrt(above_rounding(values)).sum()
  apart = np.square(own - mean).sum()
  return max(
    0.0, float(apart + np.square(half).sum() + np.trace(cov) - 2 * cross)
  )


def left_out(features, origin):
  """Sums of all rows, and of all but those of each group."""
  group = intervals.groups(len(features))
  each = [
    sums(features[np.flatnonzero(group == g)], origin)
    for g in range(intervals.GROUPS)
  ]
  add = lambda parts: Sums(*(sum(part) for part in zip(*parts, strict=True)))
  others = [add(each[:g] + each[g + 1 :]) for g in range(len(each))]
  return add(each), others


def distances(features, reference):
  """The distance of all, and of all but each group."""
  if len(features) <= features.shape[1]:
    group = intervals.groups(len(features))
    parts = [features[group != g] for g in range(intervals.GROUPS)]
    return [thin(rows, reference) for rows in (features, *parts)]
  origin = mean_of(features)
  whole, others = left_out(features, origin)
  return [distance(*gaussian(origin, s), *reference) for s in (whole, *others)]


def metric(given):
  """The distance, and what it would be of many more generated pictures.

  The latter is linear in 1 / n (Chong & Forsyth, 2020), between n and 0.9 n. Both
  and their intervals are given this reference: another one is as far again from
  what it was drawn from, which no number of generated pictures takes away. An
  estimate below 0 is 0, as no distance is below.
  """
  features, reference = given['features'], given['reference_moments']
  if len(features) < 2 * intervals.GROUPS:
    value = distance(*moments(features), *reference)
    return {'frechet_distance': (value, np.nan, np.nan)}
  value, *less = distances(features, reference)
  many, half = intervals.jackknife(value, less)
  around = lambda middle: (middle, max(0.0, middle - half), middle + half)
  return {
    'frechet_distance': around(value),
    'frechet_distance_many_samples': around(max(0.0, many)),
  }


MANY = Plain(
  'Fidelity', 'Fréchet distance, many samples', DOWN,
  'What the Fréchet distance would be of many more samples, given this '
  'reference: its own part of the bias stays.',
)  # fmt: skip
"""Older cells call it infinite."""

NUMBERS = {
  'FID': Plain(
    'Fidelity', 'FID', DOWN,
    'Fréchet distance in the features of Inception, as papers report it.',
  ),
  'frechet_distance': Plain(
    'Fidelity', 'Fréchet distance', DOWN,
    'How far the features of samples are from those of real pictures, in mean '
    'and spread. Its interval is given this reference.',
  ),
  'frechet_distance_many_samples': MANY,
  'frechet_distance_infinite': MANY._replace(name=f'{MANY.name} (older)'),
}  # fmt: skip
"""name -> Plain of each number."""
