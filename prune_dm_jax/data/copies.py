"""Which pictures are copies of others: those whose hashes are equal.

By sorting: of a million beside a million in seconds, and never all pairs. A hash
of zeros is not known, and equals nothing.
"""

import numpy as np

from prune_dm_jax.data import facts


def first(hashes, others):
  """[N] the first of M others that is equal to each; -1 where none is.

  Args:
    hashes: [N, 16] uint8.
    others: [M, 16] uint8.
  """
  number = len(others)
  group = facts.groups(np.concatenate([others, hashes]))
  earliest = np.unique(group, return_index=True)[1]
  found = earliest[group][number:]
  return np.where((found < number) & hashes.any(1), found, -1)


def earlier(hashes):
  """[N] the first that each is a later copy of; -1 where it is the first."""
  found = first(hashes, hashes)
  return np.where(found < np.arange(len(found)), found, -1)
