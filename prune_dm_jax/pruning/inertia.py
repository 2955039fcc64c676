"""How many clusters: the knee of the inertia curve.

  inertia(K) = sum_i || f_i - centre(group_i) ||_2^2
  knee = argmax_K  (1 - x_K) - y_K

with K and inertia scaled to x and y in [0, 1]: the point that is furthest below
the chord from the first to the last (Kneedle: Satopaa et al., 2011). More
clusters than that bring less than they did on average. It depends on the ladder:
where the curve has no knee, it follows the largest K that was tried.
"""

import numpy as np

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning.kmeans import FITS
from prune_dm_jax.pruning.kmeans import distances


def curve(
  features, ks, *, key, restarts, normalize, kmeans, components=0, **told
):
  """[len(ks)] inertias of features [N, D]; the rest is as in `cluster.scores`.

  Args:
    features: [N, D].
    ks: Numbers of clusters, rising.
    key: Of the seeding; that of `cluster.scores` gives its centres.
    restarts: How many seedings a number of clusters.
    normalize: Whether features are scaled to length 1.
    kmeans: Which of FITS.
    components: How many principal components are compared; 0: the features.
    **told: Perhaps a counter, as in `cluster.compared`.
  """
  if ks[-1] > len(features):
    raise ValueError(
      f'config.score.inertia_ks ends with {ks[-1]} clusters, but there are '
      f'{len(features)} examples'
    )
  seed, found = cluster.seed_of(key), []
  features = cluster.compared(features, normalize, components, seed, **told)
  for num_clusters in ks:
    fitted = FITS[kmeans](features, num_clusters, restarts, seed)
    found.append(np.square(distances(features, *fitted)).sum())
  return np.array(found)


def suggest(ks, inertias):
  """The K at the knee; the first of those that are equally far below."""
  ks, inertias = np.asarray(ks, float), np.asarray(inertias, float)
  span = inertias[0] - inertias[-1]
  x = (ks - ks[0]) / (ks[-1] - ks[0])
  y = (inertias - inertias[-1]) / span if span > 0 else 1 - x
  return int(ks[np.argmax(1 - x - y)])
