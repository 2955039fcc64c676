"""Kernel distance: unbiased MMD^2 of a cubic kernel (Binkowski et al., 2018).

  k(x, y) = (x . y / D + 1)^3

The mean over SUBSETS seeded subsets of min(n, SIZE) of either side. They share
examples, so that their deviation says little: the interval is by leaving groups
out of the first subset, narrowed by the root of n over its size.
"""

import numpy as np

from prune_dm_jax.metrics import finite
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics.plain import DOWN
from prune_dm_jax.metrics.plain import Plain

SUBSETS = 100
SIZE = 1000


def kernel(x, y):
  """[N, D], [M, D] -> [N, M]."""
  return (x @ y.T / x.shape[1] + 1) ** 3


def mmd(xx, yy, xy):
  """From kernel matrices [N, N], [M, M], [N, M]; below zero now and then."""
  own = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))
  return float(own(xx) + own(yy) - 2 * xy.mean())


def subset(rng, features, size):
  some = np.sort(rng.permutation(len(features))[:size])
  return np.asarray(features[some], np.float64)


def kernels(x, y):
  return kernel(x, x), kernel(y, y), kernel(x, y)


def left_out(xx, yy, xy):
  """MMD^2 without each group of either side."""
  sides = [intervals.groups(size) for size in xy.shape]
  for g in range(intervals.GROUPS):
    a, b = (np.flatnonzero(side != g) for side in sides)
    yield mmd(xx[np.ix_(a, a)], yy[np.ix_(b, b)], xy[np.ix_(a, b)])


def metric(given):
  features, reference = given['features'], given['reference_features']
  finite.check(features)
  finite.check(reference)
  least = min(len(features), len(reference))
  if least < 2:
    raise ValueError(
      f'the kernel distance needs 2 examples a side, got {least}'
    )
  rng, size = np.random.default_rng(0), min(least, SIZE)
  sets = [
    [subset(rng, side, size) for side in (features, reference)]
    for _ in range(SUBSETS)
  ]
  first = kernels(*sets[0])
  found = [mmd(*first)] + [mmd(*kernels(*pair)) for pair in sets[1:]]
  value, half = float(np.mean(found)), np.nan
  if size >= 2 * intervals.GROUPS:
    _, half = intervals.jackknife(found[0], list(left_out(*first)))
    half *= np.sqrt(size / least)
  return {'kernel_distance': (value, value - half, value + half)}


NUMBERS = {
  'kernel_distance': Plain(
    'Fidelity', 'Kernel distance', DOWN,
    'The same question without a bias of few samples; below zero now and then.',
  ),
}  # fmt: skip
"""name -> Plain of each number."""
