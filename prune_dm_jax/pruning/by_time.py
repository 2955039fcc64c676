"""Scores at which every time of the noise bank counts alike.

  value_i,d / mean over all examples j of value_j,d

Losses and gradients are larger at some times than at others, and a plain mean over
the bank is a mean of these. The mean is over all that is trained on, so that no
score depends on who came before whom, as it would by a running mean.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank


def scores(values):
  """score, error and group of values [R, N, draws], at R surrogates.

  A draw of which all values are nothing says nothing.
  """
  total = np.zeros(values.shape[1:])
  for of_surrogate in values:
    own = np.asarray(of_surrogate, np.float64)
    mean = own.mean(axis=0)
    total += own / np.where(mean > 0, mean, 1)
  return noise_bank.scores(total / len(values))
