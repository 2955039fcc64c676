"""What a selection keeps of a kind, beside what a random one would.

Of M pictures kept out of N, n of a kind:

  P(k kept) = C(n, k) C(N - n, M - k) / C(N, M)

Of n pairs of which one would do, k both kept:

  P(k) = C(n, k) sum_j C(n - k, j) 2^j C(N - 2n, M - 2k - j) / C(N, M)

where j pairs keep one. Both are exact, and so are intervals (Clopper and
Pearson, 1934). An area under the curve of 1 is of what leaves before all else.
"""

import numpy as np
from scipy import special
from scipy import stats

TAIL = 0.025


def choose(n, k):
  """log C(n, k); -inf where there is no way."""
  n, k = np.broadcast_arrays(np.asarray(n, float), np.asarray(k, float))
  there = (k >= 0) & (k <= n)
  n, k = np.where(there, n, 0), np.where(there, k, 0)
  ways = special.gammaln(n + 1) - special.gammaln(k + 1)
  return np.where(there, ways - special.gammaln(n - k + 1), -np.inf)


def by_chance(size, number, planted):
  """[planted + 1] P(k kept) of a random selection of `number` out of `size`."""
  return stats.hypergeom.pmf(np.arange(planted + 1), size, planted, number)


def pairs_by_chance(size, number, pairs):
  """[pairs + 1] P(k pairs both kept) of a random selection."""
  k = np.arange(pairs + 1)[:, None]
  j = np.arange(pairs + 1)[None]
  ways = (
    choose(pairs, k)
    + choose(pairs - k, j)
    + j * np.log(2)
    + choose(size - 2 * pairs, number - 2 * k - j)
  )
  return np.exp(special.logsumexp(ways, axis=1) - choose(size, number))


def expected(chances):
  """Mean, low and high of k, of [n + 1] P(k): 2.5 % at most beyond either."""
  below = np.cumsum(chances)
  low = int(np.searchsorted(below, TAIL, side='right'))
  high = int(np.searchsorted(below, 1 - TAIL))
  last = len(chances) - 1
  return float(chances @ np.arange(len(chances))), low, min(high, last)


def as_few(chances, kept):
  """P(k <= kept)."""
  return min(float(chances[: kept + 1].sum()), 1.0)


def as_many(chances, kept):
  """P(k >= kept)."""
  return min(float(chances[kept:].sum()), 1.0)


def interval(kept, planted):
  """The share's low and high, of independent draws (Clopper and Pearson)."""
  beta = stats.beta.ppf
  low = beta(TAIL, kept, planted - kept + 1) if kept else 0.0
  high = beta(1 - TAIL, kept + 1, planted - kept) if kept < planted else 1.0
  return float(low), float(high)


def later(values, others):
  """[n] how many of others are above, and how many are no lower."""
  ordered = np.sort(others)
  place = lambda side: len(others) - np.searchsorted(ordered, values, side)
  return place('right').astype(float), place('left').astype(float)


def area(leaves, others):
  """P(one of [n] leaves before one of others [m]), ties half.

  Args:
    leaves: [n] when one leaves: the lowest is the first.
    others: [m].
  """
  above, no_lower = later(leaves, others)
  return float((above + no_lower).mean() / (2 * len(others)))


def area_of_pairs(leaves, others):
  """`area` of the first of each of [n, 2], before the first of any two others.

  So a half is chance here too.
  """
  above, no_lower = later(leaves.min(1), others)
  two = lambda count: count * (count - 1) / 2
  return float((two(above) + two(no_lower)).mean() / (2 * two(len(others))))
