"""Shifted Gaussian: drawn without replacement, most from around the middle.

  w_i = exp(-(u_i - 1/2)^2 / (2 * (1/4)^2)),   u_i = (rank_i + 1/2) / n

The share beta of the lowest scores, the easiest, is dropped first, which shifts
the middle; u is of those left. One after the other is drawn with a chance
proportional to w among those not drawn yet, which is to keep the largest of
ln w_i + g_i, g_i Gumbel's (Efraimidis & Spirakis, 2006).
"""

import numpy as np

from prune_dm_jax.pruning.left import number_left

WIDTH = 0.25


def kept(scores, number, draws, beta):
  """[n] bool of one group.

  Args:
    scores: [n], ascending.
    number: How many are kept; as many are left of the lowest as it needs.
    draws: [n] in (0, 1), uniform.
    beta: The share dropped first.
  """
  size = len(scores)
  left = number_left(size, number, beta)
  first = size - left
  keys = log_weights(left) - np.log(-np.log(draws[first:]))
  found = np.zeros(size, bool)
  found[first + np.argsort(-keys, kind='stable')[:number]] = True
  return found


def log_weights(size):
  """[n] of ranks from the lowest score."""
  return -(np.square((np.arange(size) + 0.5) / size - 0.5)) / (2 * WIDTH**2)
