"""Whether two models make the same of the same noise (Kadkhodaie et al., 2024).

Cosine and distance of the features of each pair, beside those of pairs that are
not of the same noise. Features are centred at the mean of both sets, since
otherwise all cosines are near 1.
"""

import numpy as np

from prune_dm_jax.metrics import finite
from prune_dm_jax.metrics import intervals


def cosines(x, y):
  lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
  return (x * y).sum(axis=1) / np.maximum(lengths, 1e-300)


def metric(given):
  """Of features [S, D] and same_noise_features [S, D], row by row."""
  x, y = (
    np.asarray(given[name], np.float64)
    for name in ('features', 'same_noise_features')
  )
  if x.shape != y.shape:
    raise ValueError(
      f'samples of the same noise must pair up; there are {len(x)} and {len(y)}'
    )
  finite.check(x)
  finite.check(y)
  middle = (x.mean(axis=0) + y.mean(axis=0)) / 2
  x, y = x - middle, y - middle
  around = np.random.default_rng(0).permutation(len(y))
  turned = np.empty_like(y)  # In no order of classes, and none with its own.
  turned[around] = y[np.roll(around, 1)]
  return {
    'same_noise_cosine': intervals.mean(cosines(x, y)),
    'same_noise_distance': intervals.mean(np.linalg.norm(x - y, axis=1)),
    'other_noise_cosine': intervals.mean(cosines(x, turned)),
    'other_noise_distance': intervals.mean(np.linalg.norm(x - turned, axis=1)),
  }
