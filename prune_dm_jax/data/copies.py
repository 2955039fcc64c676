"""Which pictures are copies of others: those whose hashes are equal.

By sorting, so that a million beside a million take a second or two.
"""

import numpy as np


def first(hashes, others):
  """[N] the first of M others that is equal to each; -1 where none is.

  `first(hashes, hashes)` is where each picture was met first: itself, unless it
  is a copy of an earlier one. A hash of zeros is not known, and equals nothing.

  Args:
    hashes: [N, 16] uint8.
    others: [M, 16] uint8.
  """
  number = len(others)
  both = np.concatenate([others, hashes]).astype(np.uint8, copy=False)
  words = both.view('<u8').reshape(-1, 2)
  order = np.lexsort(words.T)  # Of equal ones the others first, in order.
  begins = np.ones(len(order), bool)
  begins[1:] = (words[order[1:]] != words[order[:-1]]).any(1)
  heads = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
  found = np.empty(len(order), np.int64)
  found[order] = heads
  found = found[number:]
  return np.where((found < number) & hashes.any(1), found, -1)


def repeated(hashes):
  """[N] bool: whether each is a copy of an earlier one."""
  found = first(hashes, hashes)
  return (found >= 0) & (found < np.arange(len(found)))
