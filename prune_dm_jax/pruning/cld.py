"""CLD: whether a loss moves as that of pictures never trained on (Nagaraj, 2025).

  score_i = mean over draws of corr over e of (l_i(e+1) - l_i(e), m(e+1) - m(e))

with m the mean loss of held-out pictures at the same surrogate: "Coresets from
Trajectories: Selecting Data via Correlation of Loss Differences". Each half of the
set is held out for the other. A draw of which a loss never moved says nothing: 0.
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank

FEWEST = 4
"""Evaluations: of two differences every correlation is 1 or -1."""

AT_ONCE = 8192


def scores(given, *, key):
  """How a loss moved in training beside the mean loss of held-out pictures.

  Args:
    given: held_out_losses, of which losses [E, N, draws], each example at the
      surrogate of its own half, held_out [2, E, draws], the means of those held out
      for each of the two, and half [N].
    key: Unused: the bank has its own.

  Returns:
    score [N] float32 in [-1, 1], error [N] float32, group [N] zeros.
  """
  del key
  found = given['held_out_losses']
  losses, half = found['losses'], np.asarray(found['half'])
  moved = np.diff(np.asarray(found['held_out'], np.float64), axis=1)
  values = np.empty(losses.shape[1:])
  for first in range(0, len(values), AT_ONCE):
    rows = slice(first, first + AT_ONCE)
    own = np.diff(np.asarray(losses[:, rows], np.float64), axis=0)
    values[rows] = correlation(own, moved[half[rows]].transpose(1, 0, 2))
  return noise_bank.scores(values, half)


def correlation(a, b):
  """Pearson's, over the first axis; 0 where one of them is constant."""
  a, b = a - a.mean(axis=0), b - b.mean(axis=0)
  norm = np.sqrt(np.square(a).sum(axis=0) * np.square(b).sum(axis=0))
  return np.divide(
    (a * b).sum(axis=0), norm, out=np.zeros_like(norm), where=norm > 0
  )
