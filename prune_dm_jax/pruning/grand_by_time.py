"""GraNd by time: the gradient's norm at each time, of the mean of all at that time.

score_i = mean over surrogates and draws of ||d l_i|| / mean_j ||d l_j||
"""

from prune_dm_jax.pruning import by_time


def scores(given, *, key):
  """Gradient norm after a short pretraining, of the mean norm at its time.

  Args:
    given: gradients [R, N, draws], norms at R surrogates.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  return by_time.scores(given['gradients'])
