"""Window variance: how much a loss moved, in stretches of a surrogate's training.

  score_i = mean over windows k, surrogates and draws of Var(l_i,k ... l_i,k+J-1)

Of J evaluations, or all if there are fewer; the variance is that over J - 1. He et
al. (2023, Dyn-Unc) take the deviation of a class's probability in such windows.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank

WINDOW = 5


def scores(given, *, key):
  """How much the loss of each example moved in short stretches of training.

  Args:
    given: losses [R, E, N, draws], of R surrogates at E evaluations.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  losses = given['losses']
  number, evaluations = losses.shape[:2]
  window = min(WINDOW, evaluations)
  total = np.zeros(losses.shape[2:])
  for r in range(number):
    for first in range(evaluations - window + 1):
      own = np.asarray(losses[r, first : first + window], np.float64)
      total += own.var(axis=0, ddof=1)
  return noise_bank.scores(total / (number * (evaluations - window + 1)))
