"""k-means, by scikit-learn: k-means++ seeding, several restarts.

On one thread, where its sums have one order, so that the same seed gives the
same centres to the bit.
"""

import numpy as np


def fit(features, num_clusters, restarts, seed):
  """[N, D] -> centres [K, D] float64, group [N] int32."""
  import threadpoolctl
  from sklearn.cluster import KMeans

  if num_clusters > len(features):
    raise ValueError(
      f'{num_clusters} clusters of {len(features)} examples: lower '
      '--config.score.num_clusters'
    )
  model = KMeans(num_clusters, n_init=restarts, random_state=seed)
  with threadpoolctl.threadpool_limits(1):
    model.fit(np.asarray(features, np.float64))
  return model.cluster_centers_, model.labels_.astype(np.int32)
