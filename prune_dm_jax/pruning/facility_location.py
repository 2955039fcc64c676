"""Facility location: each pick lowers most what all are away from the nearest pick.

  gain_t(j) = sum_i max(0, min_{s < t} ||f_i - f_{i_s}|| - ||f_i - f_j||)

The first is the picture least away from all others in sum, which is who is taken
of equal gains, too: two that are nobody's but each other's have the same. What is covered after m
picks is at least 1 - 1/e of the most that m can cover (Nemhauser et al., 1978). A
gain never grows, so that it is computed anew only for who may be next (Minoux, 1978).
"""

import heapq

import numpy as np

from prune_dm_jax.pruning import greedy

SAME = 1e-9
"""Of the mean sum of distances: less tells no two gains apart."""


def places(rows):
  """[n] places in which the rows [n, D], about their mean, are picked."""
  at, size = greedy.apart(rows), len(rows)
  totals = np.concatenate([
    np.sqrt(squared).sum(axis=1)
    for _, squared in greedy.blocks(at, size)
  ])  # fmt: skip
  pick, unit = int(np.argmin(totals)), SAME * totals.mean() or 1
  nearest = np.sqrt(at(pick, pick + 1)[0])
  found, place = np.zeros(size), 0
  heap = candidates(at, nearest, totals, unit, pick)
  while heap:
    gain, total, pick = heap[0]
    distance = np.sqrt(at(pick, pick + 1)[0])
    now = -gains(nearest, distance, unit)
    if now > gain:  # It was more when it was computed.
      heapq.heapreplace(heap, (now, total, pick))
      continue
    place += 1
    if not now:
      found[[j for *_, j in heap]] = place
      break
    heapq.heappop(heap)
    found[pick] = place
    np.minimum(nearest, distance, out=nearest)
  return found


def candidates(at, nearest, totals, unit, first):
  """A heap of (-gain, total distance, j) of all but the first pick."""
  found = np.concatenate([
    gains(nearest, np.sqrt(squared), unit)
    for _, squared in greedy.blocks(at, len(nearest))
  ])  # fmt: skip
  every = range(len(found))
  heap = list(zip((-found).tolist(), totals.tolist(), every, strict=True))
  del heap[first]
  heapq.heapify(heap)
  return heap


def gains(nearest, distance, unit):
  """[...] of distances [..., n], in whole units, as rounding decides nothing."""
  return np.rint(np.maximum(nearest - distance, 0).sum(axis=-1) / unit)


def scores(given, *, key, **options):
  """How early a picture covers most of what is not covered yet.

  See `greedy.scores`.
  """
  return greedy.scores(places, given, key=key, **options)
