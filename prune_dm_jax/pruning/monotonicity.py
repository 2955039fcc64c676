"""Loss monotonicity: how often an example's loss rose (the paper, 3.1).

  score_i = mean over surrogates and draws of #{e : l_i(e + 1) > l_i(e)}

over E evaluations of a surrogate in its pretraining, all on one noise bank.
Counts take few values: ties are broken by `select`, never by position.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank


def scores(given, *, key):
  """How often the loss of each example rose from one evaluation to the next.

  Args:
    given: losses [R, E, N, draws], of R surrogates at E evaluations.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  losses = given['losses']
  number, evaluations = losses.shape[:2]
  rises = np.zeros(losses.shape[2:], np.int64)
  for r in range(number):
    for e in range(evaluations - 1):
      rises += np.asarray(losses[r, e + 1]) > np.asarray(losses[r, e])
  return noise_bank.scores(rises / number)
