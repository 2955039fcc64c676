"""k-means: FITS has one for small data, and one for data of any size.

A fit is (features [N, D], K, restarts, seed) -> centres [K, D] float64,
group [N] int32.
"""

import numpy as np

from prune_dm_jax.pruning import lloyd


def scikit_learn(features, num_clusters, restarts, seed):
  """In float64 and on one thread, where sums have one order: the same bits."""
  import threadpoolctl
  from sklearn.cluster import KMeans

  model = KMeans(num_clusters, n_init=restarts, random_state=seed)
  with threadpoolctl.threadpool_limits(1):
    model.fit(np.asarray(features, np.float64))
  return model.cluster_centers_, model.labels_.astype(np.int32)


FITS = {'scikit-learn': scikit_learn, 'jax': lloyd.fit}


def distances(features, centers, group, *, at_once=8192):
  """[N] float64 distances to the centres of one's own groups."""
  found = np.empty(len(features))
  for first in range(0, len(features), at_once):
    rows = slice(first, first + at_once)
    apart = features[rows].astype(np.float64) - centers[group[rows]]
    found[rows] = np.linalg.norm(apart, axis=1)
  return found
