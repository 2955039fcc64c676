"""Clustering: distance to the centre of one's own cluster (the paper, 3.2).

  score_i = || f_i - centre(group_i) ||_2

Low is near the centre, the paper's direction; high, its inverse, is far.
"""

import jax
import numpy as np

from prune_dm_jax.pruning import kmeans


def scores(given, *, key, num_clusters, restarts, normalize):
  """Distance of each example's features to its k-means centre.

  Args:
    given: features [N, D].
    key: Of the seeding of k-means.
    num_clusters: K.
    restarts: How many seedings; the one of least inertia is taken.
    normalize: Whether features are scaled to length 1, for fit and for rank.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] int32.
  """
  features = np.asarray(given['features'], np.float32)
  if not np.isfinite(features).all():
    bad = int(np.argmax(~np.isfinite(features).all(axis=1)))
    raise ValueError(f'the features of example {bad} are not finite')
  if normalize:
    features = features / np.linalg.norm(features, axis=1, keepdims=True)
  seed = int(jax.random.randint(key, (), 0, 2**31 - 1))
  centers, group = kmeans.fit(features, num_clusters, restarts, seed)
  apart = features.astype(np.float64) - centers[group]
  score = np.linalg.norm(apart, axis=1).astype(np.float32)
  return score, np.full_like(score, np.nan), group
