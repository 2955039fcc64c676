"""GIST: what covers the others, and is nowhere crowded (Fahrbach et al., 2025).

  max over S of at most k:  g(S) + diversity div(S)
  g(S) = mean over i of D - min_{j in S} ||f_i - f_j||,   D = the greatest distance
  div(S) = min over pairs of S of ||f_i - f_j||;   D, if there is no pair

For each of a series of distances d a set is grown, by who adds most to g of those
that are d away from all in it. Of these sets, and of the two that are farthest
apart, the best is taken: it has at least 1/2 - EPSILON of the most there is, as g
is monotone and submodular. It may be of less than k; who adds most to g follows,
until they are k, and then who is farthest.
"""

import functools
import heapq
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.pruning import greedy

EPSILON = 0.1
"""Distances are D (1 + EPSILON)^i EPSILON / 2, up to D."""

LARGE = 16384
"""Pictures of a cluster whose distances are all in memory, 1 GiB of them."""

SAME = 1e-5
"""Of D: less tells no two gains apart."""


class Table(NamedTuple):
  """What is known of n rows before any is picked."""

  of: Any  # j -> [n] float32 distances
  most: np.ndarray  # [n] distance of the farthest
  total: np.ndarray  # [n] of all
  greatest: float  # of all distances


class Set(NamedTuple):
  """Some of them, in the order in which they were picked."""

  order: list
  nearest: np.ndarray  # [n] distance to the nearest of them
  value: float


def table(rows):
  """The Table of rows [n, D] about their mean."""
  at, size = greedy.apart(rows), len(rows)
  whole = np.empty((size, size if size <= LARGE else 0), np.float32)
  most, total = np.empty(size), np.empty(size)
  for first, squared in greedy.blocks(at, size):
    own, distance = slice(first, first + len(squared)), np.sqrt(squared)
    most[own], total[own] = distance.max(axis=1), distance.sum(axis=1)
    if size <= LARGE:
      whole[own] = distance
  anew = lambda j: np.sqrt(at(j, j + 1)[0]).astype(np.float32)
  of = whole.__getitem__ if size <= LARGE else anew
  return Table(of, most, total, float(most.max()))


def of_picks(known, order, diversity=0.0):
  """The Set of some picks, and g + diversity div of it."""
  nearest, div = known.of(order[0]).copy(), known.greatest
  for j in order[1:]:
    div = min(div, nearest[j])
    np.minimum(nearest, known.of(j), out=nearest)
  covered = known.greatest - nearest.mean(dtype=float)
  return Set(order, nearest, float(covered + diversity * div))


def gain(known, nearest, j):
  """What j adds to n g, in whole units, as rounding decides nothing."""
  less = np.maximum(nearest - known.of(j), 0).sum(dtype=float)
  return int(np.rint(less / (SAME * known.greatest or 1)))


def grown(known, begin, gains, *, number, apart):
  """[m] picks, the first of them `begin`, by gain, each `apart` from all before.

  Args:
    known: The Table.
    begin: Some picks.
    gains: [n] none is more once `begin` is picked.
    number: The most there may be.
    apart: A distance.
  """
  order, nearest = list(begin), of_picks(known, begin).nearest
  left = np.setdiff1d(np.arange(len(gains)), order).tolist()
  heap = [(-int(gains[j]), known.total[j], j) for j in left]
  heapq.heapify(heap)
  while heap and len(order) < number:
    bound, total, j = heap[0]
    now = -gain(known, nearest, j) if nearest[j] >= apart else 0
    if now > bound and now:  # It was more when it was computed.
      heapq.heapreplace(heap, (now, total, j))
      continue
    heapq.heappop(heap)
    if now:
      order.append(j)
      np.minimum(nearest, known.of(j), out=nearest)
  return order


def best(known, number, diversity):
  """The Set of at most `number` of the highest value that is looked at."""
  first = int(np.argmin(known.total))
  if number < 2 or not known.greatest:
    return of_picks(known, [first], diversity)
  nearest = known.of(first)
  gains = [gain(known, nearest, j) for j in range(len(nearest))]
  pair = int(np.argmax(known.most))
  found = [of_picks(known, [pair, int(np.argmax(known.of(pair)))], diversity)]
  steps = int(np.log(2 / EPSILON) / np.log1p(EPSILON))
  for apart in (0, *((1 + EPSILON) ** np.arange(steps + 1) * EPSILON / 2)):
    apart *= known.greatest
    order = grown(known, [first], gains, number=number, apart=apart)
    found.append(of_picks(known, order, diversity))
  return max(found, key=lambda those: those.value)


def places(rows, *, number, diversity):
  """[n] places in which the rows [n, D], about their mean, are picked."""
  known = table(rows)
  order = best(known, number, diversity).order
  gains = np.full(len(rows), np.iinfo(np.int64).max)
  order = grown(known, order, gains, number=number, apart=0)
  near = of_picks(known, order).nearest / (2 * (known.greatest or 1))
  found = len(order) + 1 - near
  found[order] = np.arange(len(order))
  return found


def scores(given, *, key, diversity, **options):
  """How early a picture is picked, of as many as are kept.

  See `greedy.scores`; given has that `number`, too.
  """
  own = functools.partial(places, diversity=diversity)
  return greedy.scores(own, given, key=key, number=given['number'], **options)
