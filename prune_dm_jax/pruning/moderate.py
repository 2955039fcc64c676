"""Moderate: as far from the centre of its class as half of all are (Xia, 2023).

  d_i = || f_i - mean of f over the class of i ||_2,   score_i = |d_i - median d|

Low is near the median, the paper's direction. Pictures without a class are one.
"""

import numpy as np

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning.kmeans import distances

AT_ONCE = 8192


def scores(given, *, key, normalize, components=0):
  """How far the distance of an example to its class is from the median.

  Args:
    given: features [N, D], labels [N] int, and perhaps a counter.
    key: Of the components.
    normalize: Whether features are scaled to length 1.
    components: How many principal components are compared; 0: the features.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] zeros.
  """
  features = cluster.compared(
    given['features'], normalize, components, cluster.seed_of(key),
    counter=given.get('counter', cluster.silent),
  )  # fmt: skip
  _, own = np.unique(given['labels'], return_inverse=True)
  distance = distances(features, centers(features, own), own)
  score = np.abs(distance - np.median(distance)).astype(np.float32)
  return score, np.full_like(score, np.nan), np.zeros(len(score), np.int32)


def centers(features, own):
  """[C, D] float64 means of the rows of each class."""
  sizes = np.bincount(own)
  found = np.zeros((len(sizes), features.shape[1]))
  for first in range(0, len(own), AT_ONCE):
    rows = slice(first, first + AT_ONCE)
    np.add.at(found, own[rows], features[rows].astype(np.float64))
  return found / sizes[:, None]
