"""The nearest pictures on either side, by features that a run has on disk."""

import numpy as np

from prune_dm_jax.metrics import nearest

BYTES = 2**26
"""Of the features that are in memory at a time."""


def beside(features, index, among, *, number):
  """The nearest of some pictures to one.

  Args:
    features: [N, D], perhaps a memory map.
    index: Of the one; it is no neighbour of its own.
    among: [N] bool, of which neighbours are asked for.
    number: How many.

  Returns:
    [<= number] indices, the nearest first, and their distances.
  """
  others = among.copy()
  others[index] = False
  return nearest_to(
    features[index : index + 1], features, others, number=number
  )


def nearest_to(query, features, among, *, number):
  """The same, of a query [1, D] that is none of them."""
  query = np.array(query, np.float32).reshape(1, -1)
  step = max(1, BYTES // (4 * query.size))
  found, apart = np.zeros(0, int), np.zeros(0)
  for first in range(0, len(features), step):
    here = first + np.flatnonzero(among[first : first + step])
    if len(here):
      part = np.asarray(features[here], np.float32).reshape(len(here), -1)
      k = min(number, len(here))
      distance, place = nearest.nearest(query, part, k=k)
      found = np.concatenate([found, here[place[0]]])
      apart = np.concatenate([apart, distance[0]])
  order = np.lexsort((found, apart))[:number]
  return found[order], apart[order]
