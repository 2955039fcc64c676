"""Features that are not finite, refused by their place."""

import numpy as np

BLOCK = 4096


def check(features):
  """Raises ValueError naming the first row of [N, D] that is not finite."""
  for first in range(0, len(features), BLOCK):
    finite = np.isfinite(features[first : first + BLOCK]).all(axis=1)
    if not finite.all():
      bad = first + int(np.argmin(finite))
      raise ValueError(f'the features of example {bad} are not finite')
