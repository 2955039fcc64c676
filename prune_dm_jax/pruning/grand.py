"""GraNd: how far one example would move the parameters (Paul et al., 2021).

  score_i = mean over surrogates and draws of || d l_i / d params ||_2

at the end of a short pretraining. `gradient_norms` computes it.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank


def scores(given, *, key):
  """Gradient norm of each example after a short pretraining on all of them.

  Args:
    given: gradients [R, N, draws], norms at R surrogates.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  norms = np.asarray(given['gradients'], np.float64)
  return noise_bank.scores(norms.mean(axis=0))
