"""Features that are not finite, refused by their place."""

import numpy as np

BLOCK = 4096


def check(features, named='the features of example {}'.format):
  """Raises ValueError naming the first row of [N, ...] that is not finite.

  `named` has words for the row of a number.
  """
  for first in range(0, len(features), BLOCK):
    block = features[first : first + BLOCK]
    finite = np.isfinite(block).reshape(len(block), -1).all(axis=1)
    if not finite.all():
      bad = first + int(np.argmin(finite))
      raise ValueError(f'{named(bad)} are not finite')


def each(found, words, keys):
  """Arrays [N, ...] by name, if all are finite.

  Raises:
    ValueError: '<name> <words> <key>', of the first row that is not.
  """
  for name, rows in found.items():
    check(rows, lambda i, name=name: f'{name} {words} {keys[i]}')
  return found
