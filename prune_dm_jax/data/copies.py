"""Which pictures are copies of others: those whose hashes are equal.

By sorting: of a million beside a million in seconds, and never all pairs. A hash
of zeros is not known, and equals nothing.
"""

import numpy as np


def first(hashes, others):
  """[N] the first of M others that is equal to each; -1 where none is.

  Args:
    hashes: [N, 16] uint8.
    others: [M, 16] uint8.
  """
  number = len(others)
  both = np.concatenate([others, hashes])
  words = both.view('<u8').reshape(-1, 2)
  order = np.lexsort(words.T)  # Of equal ones the others are first, in order.
  begins = np.ones(len(order), bool)
  begins[1:] = (words[order[1:]] != words[order[:-1]]).any(1)
  run = np.cumsum(begins) - 1
  found = np.empty(len(order), np.int64)
  found[order] = order[begins][run]
  found = found[number:]
  return np.where((found < number) & hashes.any(1), found, -1)


def earlier(hashes):
  """[N] the first that each is a later copy of; -1 where it is the first."""
  found = first(hashes, hashes)
  return np.where(found < np.arange(len(found)), found, -1)
