"""How many are kept of each class and of each cluster."""

from typing import NamedTuple

import numpy as np


class Count(NamedTuple):
  """A class or a cluster, before and after."""

  value: int
  name: str
  before: int
  kept: int


def by(values, kept, name):
  """A Count for each value, the largest before pruning first.

  Args:
    values: [n] int, a class or a cluster each.
    kept: [n] bool.
    name: value -> str.
  """
  found, inverse, before = np.unique(
    values, return_inverse=True, return_counts=True
  )
  after = np.bincount(inverse[kept], minlength=len(found))
  order = np.argsort(-before, kind='stable')
  return [
    Count(int(found[i]), name(found[i]), int(before[i]), int(after[i]))
    for i in order
  ]
