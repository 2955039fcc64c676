"""Groups of near twins, of which every member is a twin of the first.

By preference, who is in no group yet begins one, and takes all its twins that
are in none: no chain joins two ends that are no twins themselves. What comes
out depends on preferences and distances alone, not on how many neighbours were
looked at: a picture whose neighbours are all twins is crowded, and is held
against all that are crowded. Whoever is not, and has it as a twin, has it in
the list.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse

from prune_dm_jax.pruning import twins

AT_ONCE = 8192
SLACK = 1e-5
"""More than float32 products of unit vectors are wrong by."""


class Near(NamedTuple):
  """Who is a twin of whom."""

  views: twins.Views
  threshold: float
  listed: scipy.sparse.csr_array
  """[N, N] sparse and symmetric, of the twins among neighbours."""
  crowded: np.ndarray
  """[S] ascending, whose neighbours are all under the threshold."""


def near(views, distance, index, threshold):
  """Near, from neighbours: distance [N, k] ascending and index [N, k].

  The distances are those of pruning/twins; N must be more than k, or the list
  of each be whole.
  """
  size, k = index.shape
  under = distance <= threshold
  one, place = np.nonzero(under)
  other = index[one, place]
  true = twins.alike(views, one, other)
  one, other = one[true], other[true]
  pairs = np.ones(2 * len(one), bool)
  ends = np.concatenate([one, other]), np.concatenate([other, one])
  listed = scipy.sparse.coo_array((pairs, ends), (size, size)).tocsr()
  whole = k >= size - 1
  last = under[:, -1] if k and not whole else np.zeros(size, bool)
  return Near(views, threshold, listed, np.flatnonzero(last))


def twins_of(near, i, among):
  """Twins of picture i that are `among` [N] bool, ascending."""
  pointers = near.listed.indptr
  found = near.listed.indices[pointers[i] : pointers[i + 1]]
  found = found[among[found]]
  if is_in(near.crowded, i):
    some = near.crowded[among[near.crowded]]
    found = np.concatenate([found, close(near, i, some)])
  return np.unique(found[found != i])


def is_in(ascending, value):
  place = np.searchsorted(ascending, value)
  return place < len(ascending) and ascending[place] == value


def close(near, i, others):
  """Those of others [M] that are twins of i, whoever is listed."""
  others = others[twins.alike(near.views, np.full(len(others), i), others)]
  x, found = near.views.x, [others[:0]]
  for first in range(0, len(others), AT_ONCE):
    some = others[first : first + AT_ONCE]
    some = some[1 - x[some] @ x[i] <= near.threshold + SLACK]
    apart = twins.distances(x, np.full(len(some), i), some)
    found.append(some[apart <= near.threshold])
  return np.concatenate(found)


def groups(near, rank, *, most, say=lambda done: None):
  """[N] int: the first of each one's group, oneself if there is no other.

  Args:
    near: Near, of N pictures.
    rank: [N] int, all different: the least is preferred.
    most: Members of a group, of which those stay that are nearest.
    say: Is told how many are done.
  """
  size = len(rank)
  first, free = np.arange(size), np.ones(size, bool)
  some = np.flatnonzero(np.diff(near.listed.indptr))
  some = np.union1d(some, near.crowded).astype(int)
  for done, i in enumerate(some[np.argsort(rank[some])]):
    say(done)
    if not free[i]:
      continue
    found = twins_of(near, i, free)
    apart = twins.distances(near.views.x, np.full(len(found), i), found)
    found = found[np.lexsort((rank[found], apart))][: most - 1]
    first[found] = i
    free[found] = free[i] = False
  return first


def beside(near, here, there):
  """[N] bool: who is `here` [N] bool and has a twin that is `there` [N] bool."""
  found = here & (near.listed @ there.astype(int) > 0)
  crowded = near.crowded
  asking = crowded[here[crowded] & ~found[crowded]]
  some = crowded[there[crowded]]
  for i in asking:
    found[i] = len(close(near, i, some[some != i])) > 0
  return found


def centres(x, first):
  """[N] distance of each to the mean of its group, whose first is first [N]."""
  _, group = np.unique(first, return_inverse=True)
  order = np.argsort(group, kind='stable')
  ends = np.flatnonzero(np.diff(group[order], append=-1)) + 1
  found = np.zeros(len(first))
  for members in np.split(order, ends[:-1]):
    if len(members) > 1:
      rows = np.asarray(x[members], np.float64)
      found[members] = np.linalg.norm(rows - rows.mean(axis=0), axis=1)
  return found


def singles(copies, rank):
  """[N] for each the index of the preferred one that has the same pixels."""
  order = np.lexsort((rank, copies))
  _, first, place = np.unique(
    copies[order], return_index=True, return_inverse=True
  )
  found = np.empty(len(copies), int)
  found[order] = order[first][place]
  return found
