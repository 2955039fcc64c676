"""EL2N: the loss at the end of a short pretraining (Paul et al., 2021).

  score_i = mean over surrogates and draws of l_i

For flow matching the loss is the squared error of the velocity, so that it is
the paper's norm of the error, squared.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank


def scores(given, *, key):
  """Loss of each example after a short pretraining on all of them.

  Args:
    given: losses [R, E, N, draws], of R surrogates at E evaluations.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  last = np.asarray(given['losses'][:, -1], np.float64)
  return noise_bank.scores(last.mean(axis=0))
