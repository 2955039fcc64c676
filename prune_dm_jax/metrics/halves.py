"""How much a number of two sets varies, from disjoint halves of both.

  effect = E (T(A) - T(B))^2 / 2 / alike,   A and B of h examples a side

where `alike` is what T(A) would vary by if its examples were independent. They
are not: they share balls, which are drawn too. Halves share nothing, so that all
of it is between them; Wilson's interval has no part of that, and groups left out
count what comes of pairs twice. The effect hardly depends on h; alike is taken of
all examples.
"""

import numpy as np

TIMES = 20
STUDENT = 2.131
"""Student's t at 97.5 %, of 15 degrees of freedom: TIMES that share examples."""

FEWEST = 20
"""Examples a side without which there are no halves."""

MOST = 500
"""Examples a side of a half."""

LEAST = 0.1
"""Of an effect, as the estimate may come near 0."""


def effects(statistics, sides):
  """[V] how many times as much numbers vary as if examples were independent.

  Args:
    statistics: [h, D] of each side -> numbers [V], and what they would vary by.
    sides: Arrays [N, D] of as many examples, FEWEST at least.
  """
  rng = np.random.default_rng(0)
  pairs = [
    [statistics(*half) for half in drawn(rng, sides)] for _ in range(TIMES)
  ]
  values, alike = np.moveaxis(np.array(pairs), 2, 0)
  varied, alike = values.var(axis=1, ddof=1).mean(axis=0), alike.mean((0, 1))
  ones = np.ones_like(varied)
  return np.maximum(np.divide(varied, alike, out=ones, where=alike > 0), LEAST)


def drawn(rng, sides):
  """Two disjoint halves of all sides."""
  orders = [rng.permutation(len(side)) for side in sides]
  size = min(*map(len, orders), 2 * MOST) // 2
  for first in (0, size):
    yield [
      side[np.sort(order[first : first + size])]
      for side, order in zip(sides, orders, strict=True)
    ]
