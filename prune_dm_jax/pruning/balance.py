"""Weights by which groups are trained on equally, of classes or of clusters.

  w_i <- w_i max_h W_h / W_g(i),   W_g the sum of the weights of a group

The largest group stays as it is, and the others are oversampled: nothing is
copied, and nothing is trained on less.
"""

import numpy as np


def balanced(weights, groups):
  """[M] weights, whose sums are the same in every group.

  Args:
    weights: [M] above 0.
    groups: [M] int; below 0 where an example is in none, and stays as it is.
  """
  own = np.maximum(groups, -1) + 1
  sums = np.bincount(own, weights)
  more = sums[1:].max(initial=0) / sums[own]
  return np.where(own > 0, weights * more, weights)
