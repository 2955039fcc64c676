"""How far two subsets agree, and how far chance would have it.

  J = |A and B| / |A or B|                   (Jaccard, 1901)
  E |A and B| = n a/n_A b/n_B                of random subsets of these sizes

n_A and n_B could be chosen, n by both: each is in a random A with probability
a/n_A, whatever B is.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Overlap(NamedTuple):
  first: int
  second: int
  both: int
  expected: float
  """Of `both`, if each were drawn at random."""


def overlap(kept, candidates):
  """The Overlap of two subsets.

  Args:
    kept: Two of [N] bool.
    candidates: Two of [N] bool: what each was chosen among, itself included.
  """
  first, second = (int(k.sum()) for k in kept)
  shares = [
    k.sum() / max(c.sum(), 1) for k, c in zip(kept, candidates, strict=True)
  ]
  common = int((candidates[0] & candidates[1]).sum())
  return Overlap(
    first, second, int((kept[0] & kept[1]).sum()), common * np.prod(shares)
  )


def jaccard(first, second, both):
  """J of two sizes and what they share; of two that are empty, 1."""
  either = first + second - both
  return both / either if either else 1.0


def by(values, kept, *, most):
  """(value, size, first, second, both) of each group, the largest first.

  Args:
    values: [N] int, of which those below 0 are in no group.
    kept: Two of [N] bool.
    most: How many groups.
  """
  sizes = np.bincount(values[values >= 0])
  order = np.argsort(-sizes, kind='stable')[:most]
  count = lambda among: np.bincount(
    values[among & (values >= 0)], minlength=len(sizes)
  )
  parts = [sizes, *map(count, kept), count(kept[0] & kept[1])]
  return [(int(g), *(int(p[g]) for p in parts)) for g in order if sizes[g]]


def spearman(scores):
  """The rank correlation of two [n] scores, ties averaged; nan of constants."""
  ranks = [stats.rankdata(score) for score in scores]
  if len(ranks[0]) < 2 or any(np.ptp(rank) == 0 for rank in ranks):
    return float('nan')
  return float(np.corrcoef(*ranks)[0, 1])


def moved(scores):
  """[n] how far each is apart in two orders, as a share of all."""
  first, second = (stats.rankdata(score) / len(score) for score in scores)
  return np.abs(first - second)
