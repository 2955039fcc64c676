"""Precision and recall (Kynkäänniemi et al., 2019), density and coverage
(Naeem et al., 2020): whether examples lie in balls around those of the other set.

A ball reaches to the k-th nearest neighbour in its own set, itself left out.

  precision  share of the generated in a ball of the reference
  recall     share of the reference in a ball of the generated
  F          2 PR / (P + R)
  density    balls of the reference that a generated one lies in, over k
  coverage   share of the reference's balls that hold a generated one

Counts are those of float64: what float32 cannot decide is decided again.
"""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.metrics import balls
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics import within


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


def f_score(precision, recall):
  total = precision + recall
  return 2 * precision * recall / total if total else 0.0


def metric(given, *, k=3, k_density=5):
  """All five; Wilson's intervals, that of F by resampling both sides."""
  found = inside(
    given['features'], given['reference_features'], k=k, k_density=k_density
  )
  precision, recall = map(intervals.share, (found.generated, found.reference))
  return {
    'precision': precision,
    'recall': recall,
    'f_score': f_interval(found.generated, found.reference),
    'density': intervals.mean(found.number / k_density),
    'coverage': intervals.share(found.covered),
  }


def f_interval(generated, reference, *, times=1000):
  """F, and its percentiles when the two shares are drawn again."""
  rng = np.random.default_rng(0)
  shares = [
    rng.binomial(len(side), side.mean(), times) / len(side)
    for side in (generated, reference)
  ]
  drawn = list(map(f_score, *shares))
  value = f_score(generated.mean(), reference.mean())
  return float(value), *np.percentile(drawn, [2.5, 97.5])
