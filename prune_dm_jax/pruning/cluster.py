"""Clustering: distance to the centre of one's own cluster (the paper, 3.2).

  score_i = || f_i - centre(group_i) ||_2

Low is near the centre, the paper's direction; high, its inverse, is far.
"""

import jax
import numpy as np

from prune_dm_jax.pruning.kmeans import FITS
from prune_dm_jax.pruning.kmeans import distances


def scores(given, *, key, num_clusters, restarts, normalize, kmeans):
  """Distance of each example's features to its k-means centre.

  Args:
    given: features [N, D].
    key: Of the seeding of k-means.
    num_clusters: K.
    restarts: How many seedings; the one of least inertia is taken.
    normalize: Whether features are scaled to length 1, for fit and for rank.
    kmeans: Which of FITS.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] int32.
  """
  features = prepared(given['features'], normalize)
  if num_clusters > len(features):
    raise ValueError(
      f'{num_clusters} clusters of {len(features)} examples: lower '
      '--config.score.num_clusters'
    )
  centers, group = FITS[kmeans](features, num_clusters, restarts, seed_of(key))
  score = distances(features, centers, group).astype(np.float32)
  return score, np.full_like(score, np.nan), group


def seed_of(key):
  return int(jax.random.randint(key, (), 0, 2**31 - 1))


def prepared(features, normalize):
  """[N, D] float32, all finite, of length 1 if asked for."""
  features = np.asarray(features, np.float32)
  finite = np.array([np.isfinite(row).all() for row in features], bool)
  if not finite.all():
    raise ValueError(
      f'the features of example {int(np.argmin(finite))} are not finite'
    )
  if normalize:
    length = np.array([np.linalg.norm(row) for row in features], np.float32)
    if not length.all():
      raise ValueError(
        f'the features of example {int(np.argmin(length))} are all zero and '
        'have no direction; use --config.score.normalize=False'
      )
    features = features / length[:, None]
  return features
