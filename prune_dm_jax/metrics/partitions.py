"""How far clusters are classes, which they were never told.

  purity = 1/N sum_k max_c |{i: group_i = k, label_i = c}|

Purity rises with the number of clusters, and is no lower than the share of the
largest class; mutual information and the Rand index are as in scikit-learn, the
latter adjusted for chance.
"""

import numpy as np
from sklearn import metrics


def purity(groups, labels):
  """Of examples in groups [N], the share in their group's largest class."""
  counts = metrics.cluster.contingency_matrix(labels, groups)
  return counts.max(axis=0).sum() / counts.sum()


def shuffled(groups, seed):
  """[N] as many in each group, by chance."""
  return np.random.default_rng(seed).permutation(groups)


MEASURES = {
  'purity': purity,
  'normalised mutual information': lambda groups, labels: (
    metrics.normalized_mutual_info_score(labels, groups)
  ),
  'adjusted Rand index': lambda groups, labels: metrics.adjusted_rand_score(
    labels, groups
  ),
}
"""(groups [N], labels [N]) -> number; 1 where the two are the same partition."""
