"""Kernel herding: each pick brings the picked nearest to all in mean (Chen, 2010).

  i_t = argmax_i  mean_j k(f_i, f_j) - 1/(t + 1) sum_{s < t} k(f_i, f_{i_s})
  k(f, g) = exp(-||f - g||^2 / m),   m = mean of ||f_i - f_j||^2 over all pairs

So those of any ratio are spread as all are: Chen, Welling & Smola, 2010, Eq. 8,
without picking any twice.
"""

import numpy as np

from prune_dm_jax.pruning import greedy


def places(rows):
  """[n] places in which the rows [n, D], about their mean, are picked."""
  size, found = len(rows), np.zeros(len(rows))
  width = 2 * np.einsum('nd,nd->n', rows, rows).mean()
  if not width:
    return found
  at = greedy.apart(rows)
  kernel = lambda squared: np.exp(squared / -width)
  mean = np.concatenate([
    kernel(squared).mean(axis=1)
    for _, squared in greedy.blocks(at, size)
  ])  # fmt: skip
  picked, left = np.zeros(size), np.zeros(size)
  for place in range(size):
    pick = int(np.argmax(mean - picked / (place + 1) + left))
    found[pick], left[pick] = place, -np.inf
    picked += kernel(at(pick, pick + 1)[0])
  return found


def scores(given, *, key, **options):
  """How early a picture is picked to be in mean as all are.

  See `greedy.scores`.
  """
  return greedy.scores(places, given, key=key, **options)
