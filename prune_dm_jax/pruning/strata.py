"""Strata: as many of each stretch of the scores (CCS: Zheng et al., 2023, Alg. 1).

The share beta of the highest scores, the hardest, is dropped first. The range of
those left is cut in 50 stretches of one width, and the number is spread over them
from the smallest up: each gives min(its size, what is left / stretches left).
"""

import numpy as np

from prune_dm_jax.pruning.left import number_left

STRETCHES = 50


def kept(scores, number, draws, beta):
  """[n] bool of one group.

  Args:
    scores: [n], ascending.
    number: How many are kept; as many are left of the highest as it needs.
    draws: [n] in (0, 1), uniform: who of a stretch is kept.
    beta: The share dropped first.
  """
  size = len(scores)
  left = number_left(size, number, beta)
  stretch = stretches(scores[:left])
  sizes = np.bincount(stretch, minlength=STRETCHES)
  each = budgets(number, sizes)
  order = np.lexsort((draws[:left], stretch))
  begins = np.cumsum(sizes) - sizes
  place = np.arange(left) - begins[stretch[order]]
  found = np.zeros(size, bool)
  found[order] = place < each[stretch[order]]
  return found


def stretches(scores):
  """[n] int: which of 50 of one width a score is in."""
  low, high = float(scores[0]), float(scores[-1])
  within = (scores.astype(float) / 2 - low / 2) / (high / 2 - low / 2 or 1)
  return np.minimum((within * STRETCHES).astype(int), STRETCHES - 1)


def budgets(number, sizes):
  """[50] how many of each; all of `number`, if there are so many."""
  each = np.zeros_like(sizes)
  order = np.argsort(sizes, kind='stable')
  order = order[sizes[order] > 0]
  for i, stretch in enumerate(order):
    each[stretch] = min(sizes[stretch], number // (len(order) - i))
    number -= each[stretch]
  return each
