"""SemDeDup: of what is nearly the same, the one farthest from the centre (Abbas).

  score_i = min over j of ||f_i - f_j||,   j of the cluster, farther from its centre

Who is nearer than epsilon to such a j is dropped (Abbas et al., 2023): to keep the
highest scores is that, with the epsilon that leaves so many. Of features of
length 1 it is ||f - g||^2 / 2 = 1 - cos, the paper's. No j is farther than the
farthest of all, which has the cluster's twice largest radius: no two are so far
apart, as the triangle has it.
"""

import numpy as np

from prune_dm_jax.pruning import greedy


def apart(rows):
  """[n] distances to the nearest that is farther out, of rows about their mean."""
  radius = np.sqrt(np.einsum('nd,nd->n', rows, rows))
  order = np.argsort(-radius, kind='stable')
  at, nearest = greedy.apart(rows[order]), np.empty(len(rows))
  for first, squared in greedy.blocks(at, len(rows)):
    place = first + np.arange(len(squared))
    farther = np.arange(len(rows)) < place[:, None]
    nearest[place] = squared.min(axis=1, where=farther, initial=np.inf)
  found = np.empty(len(rows))
  found[order] = np.sqrt(nearest)
  found[order[0]] = 2 * radius[order[0]]
  return found


def scores(given, *, key, **options):
  """How far a picture is from the nearest that is farther from the centre.

  See `greedy.scores`.
  """
  return greedy.scores(lambda rows: -apart(rows), given, key=key, **options)
