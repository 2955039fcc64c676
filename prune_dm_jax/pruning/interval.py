"""Interval: every k-th of the order, from the easiest (D2C: Huang et al., 2025).

The share beta of the highest scores, the hardest, is dropped first; of the m that are
left every k-th is taken, k = m / number, from a start drawn in the first k. To keep n
at an interval k of D2C's own is beta = 1 - k n / N.
"""

import numpy as np

from prune_dm_jax.pruning.left import number_left


def kept(scores, number, draws, beta):
  """[n] bool of one group.

  Args:
    scores: [n], ascending.
    number: How many are kept; as many are left of the highest as it needs.
    draws: [n] in (0, 1), uniform: the first is where it starts.
    beta: The share dropped first.
  """
  size = len(scores)
  left = number_left(size, number, beta)
  start = min(int(draws[0] * left), left - 1)
  places = (np.arange(number) * left + start) // number
  found = np.zeros(size, bool)
  found[places] = True
  return found
