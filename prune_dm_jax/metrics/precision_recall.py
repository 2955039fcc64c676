"""Precision and recall (Kynkäänniemi et al., 2019), density and coverage
(Naeem et al., 2020): whether examples lie in balls around those of the other set.

A ball reaches to the k-th nearest neighbour in its own set, itself left out.

  precision  share of the generated in a ball of the reference
  recall     share of the reference in a ball of the generated
  F          2 PR / (P + R)
  density    balls of the reference that a generated one lies in, over k
  coverage   share of the reference's balls that hold a generated one

Counts are those of float64: what float32 cannot decide is decided again.
Intervals hold over another draw of both sets, by `halves`.
"""

import functools
from typing import NamedTuple

import numpy as np

from prune_dm_jax.metrics import balls
from prune_dm_jax.metrics import halves
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics import within
from prune_dm_jax.metrics.plain import UP
from prune_dm_jax.metrics.plain import Plain

NAMES = ('precision', 'recall', 'f_score', 'density', 'coverage')
DENSITY = NAMES.index('density')


class Inside(NamedTuple):
  generated: np.ndarray
  """[S] bool: in a ball of the reference."""
  reference: np.ndarray
  """[R] bool: in a ball of the generated."""
  number: np.ndarray
  """[S] in how many balls of the reference."""
  covered: np.ndarray
  """[R] bool: its own ball holds a generated one."""


def inside(features, reference, *, k, k_density):
  """Inside, of features [S, D] and reference [R, D]."""
  far, _ = within.others(reference, k=max(k, k_density))
  near, _ = within.others(features, k=k)
  both = sorted({k, k_density})
  radii = far[:, np.array(both) - 1]
  found = balls.overlap(reference, radii, features, near[:, k - 1 :])
  one, other = both.index(k), both.index(k_density)
  return Inside(
    generated=found.in_left[:, one] > 0,
    reference=found.in_right[:, 0],
    number=found.in_left[:, other],
    covered=found.left_holds[:, other],
  )


def roughly_inside(features, reference, *, k, k_density):
  """Inside, of sets so small that all distances fit, in float32 alone."""
  middle = reference.mean(axis=0, dtype=np.float64)
  x, y = ((a - middle).astype(np.float32) for a in (features, reference))
  deep = [k, k_density]
  far = np.partition(squares(y, y, itself=-1), deep, axis=1)[:, deep]
  near = np.partition(squares(x, x, itself=-1), k, axis=1)[:, k]
  apart = squares(y, x)
  holds = apart <= far[:, 1:]
  return Inside(
    generated=(apart <= far[:, :1]).any(axis=0),
    reference=(apart <= near).any(axis=1),
    number=holds.sum(axis=0),
    covered=holds.any(axis=1),
  )


def squares(left, right, *, itself=0):
  """[R, S] squared distances from 0 on; `itself` on the diagonal, if not 0."""
  square = lambda a: np.einsum('nd,nd->n', a, a)
  found = left @ right.T
  found *= -2
  found += square(left)[:, None]
  found += square(right)
  np.maximum(found, 0, out=found)
  if itself:
    np.fill_diagonal(found, itself)
  return found


def f_score(precision, recall):
  total = precision + recall
  return 2 * precision * recall / total if total else 0.0


def numbers(found, *, k_density):
  """By NAMES [5], and what they would vary by if examples were independent."""
  precision, recall = found.generated.mean(), found.reference.mean()
  f, covered = f_score(precision, recall), found.covered.mean()
  values = np.array([precision, recall, f, 0, covered])
  alike = values * (1 - values)
  values[DENSITY] = found.number.mean() / k_density
  alike[DENSITY] = found.number.var() / k_density**2
  return values, alike / len(found.number)


def metric(given, *, k=3, k_density=5):
  """All five, of as many on both sides."""
  sides = [given['features'], given['reference_features']]
  taken = lambda inside, *some: numbers(
    inside(*some, k=k, k_density=k_density), k_density=k_density
  )
  values, alike = taken(inside, *sides)
  effects = np.full(len(NAMES), np.nan)
  number = min(map(len, sides))
  if number >= halves.FEWEST:
    half = functools.partial(taken, roughly_inside)
    effects = halves.effects(half, sides)
  shares, z = np.minimum(values, 1), halves.STUDENT
  low, high = intervals.wilson(shares, number / effects, z)
  middle, wide = values[DENSITY], z * np.sqrt(effects * alike)[DENSITY]
  low[DENSITY], high[DENSITY] = np.maximum(0, middle - wide), middle + wide
  each = np.stack([values, low, high], axis=1).tolist()
  return dict(zip(NAMES, map(tuple, each), strict=True))


NUMBERS = {
  'precision': Plain(
    'Fidelity', 'Precision', UP,
    'The share of samples that lie among real pictures.',
  ),
  'density': Plain(
    'Fidelity', 'Density', UP,
    'Precision that counts how many real pictures are near; may pass 1.',
  ),
  'f_score': Plain(
    'Fidelity', 'F-score', UP, 'The harmonic mean of precision and recall.'
  ),
  'recall': Plain(
    'Diversity', 'Recall', UP,
    'The share of real pictures that lie among samples.',
  ),
  'coverage': Plain(
    'Diversity', 'Coverage', UP,
    'The share of real pictures that have a sample near.',
  ),
}  # fmt: skip
"""name -> Plain of each number."""
