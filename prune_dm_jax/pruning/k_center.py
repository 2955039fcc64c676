"""k-center: each pick is the picture farthest from all picked before.

  i_0 = argmin_i ||f_i - mean||,   i_t = argmax_i min_{s < t} ||f_i - f_{i_s}||

The farthest distance that is left is at most twice the least that so many centres
can reach (Gonzalez, 1985); Sener & Savarese (2018) choose training pictures by it.
"""

import numpy as np

from prune_dm_jax.pruning import greedy


def places(rows):
  """[n] places in which the rows [n, D], about their mean, are picked."""
  at, size = greedy.apart(rows), len(rows)
  nearest, found = np.full(size, np.inf), np.zeros(size)
  pick = int(np.argmin(np.einsum('nd,nd->n', rows, rows)))
  for place in range(size):
    found[pick] = place
    np.minimum(nearest, at(pick, pick + 1)[0], out=nearest)
    nearest[pick] = -1
    pick = int(np.argmax(nearest))
    if nearest[pick] <= 0:
      found[nearest == 0] = place + 1
      break
  return found


def scores(given, *, key, **options):
  """How early a picture is the farthest from all picked before.

  See `greedy.scores`.
  """
  return greedy.scores(places, given, key=key, **options)
