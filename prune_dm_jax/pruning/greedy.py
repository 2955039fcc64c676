"""Greedy orders: one picture after the other, inside each k-means cluster.

  score_i = -(place in which i was picked, from 0)

High is picked early, so that what is kept at any ratio is a part of what is kept
at a lower one. Distances are of one cluster's pictures to each other, so that N
pictures take about N^2 / K of them; K = 1 is the greedy order of the whole set.
Those that no pick would make better share the last place.
"""

import concurrent.futures

import numpy as np

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import select
from prune_dm_jax.pruning.components import THREADS

SMALL = 2048
"""Pictures of a cluster whose distances are all in memory, 32 MiB of them."""

NUMBERS = 2**21
"""Distances that are in memory at a time of a larger one."""

SAME = 1e-12
"""Of the squared lengths of two: less is nothing but rounding."""


def scores(places, given, *, key, number=0, **options):
  """Minus the places in which each cluster's pictures are picked.

  Args:
    places: rows [n, D] float64 about their mean -> [n] places; it is told the
      `number` of these rows, too, if there is one.
    given: features [N, D], and perhaps a counter.
    key: Of the seeding of k-means.
    number: How many are to be kept of all.
    options: Of `cluster.scores`.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] int32.
  """
  import threadpoolctl

  features, _, group = cluster.fitted(given, key=key, **options)
  order = np.argsort(group, kind='stable')
  parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
  say = given.get('counter', cluster.silent)('picked', len(group))
  found, done = np.empty(len(group), np.float32), 0
  told = shares(number, [len(own) for own in parts])

  def of_part(own, told):
    rows = features[own].astype(np.float64)
    return own, places(rows - rows.mean(axis=0), **told)

  with threadpoolctl.threadpool_limits(1):  # Sums in one order: the same bits.
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
      for own, place in pool.map(of_part, parts, told):
        found[own], done = -place, done + len(own)
        say(done)
  return found, np.full_like(found, np.nan), group


def shares(number, sizes):
  """What `places` is told of each cluster: its part of a number, if there is one."""
  if not number:
    return [{}] * len(sizes)
  own = select.proportional(number, np.asarray(sizes), 'high')
  return [{'number': int(share)} for share in own]


def apart(rows):
  """(first, end) -> [end - first, n] squared distances to all rows."""
  squares = np.einsum('nd,nd->n', rows, rows)

  def of(first, end):
    both = squares[first:end, None] + squares
    found = both - 2 * rows[first:end] @ rows.T
    found[found < SAME * both] = 0
    return found

  if len(rows) > SMALL:
    return of
  whole = of(0, len(rows))
  return lambda first, end: whole[first:end]


def blocks(at, size):
  """Yields (first, [b, n]) of all squared distances."""
  height = max(NUMBERS // size, 1)
  for first in range(0, size, height):
    yield first, at(first, min(first + height, size))
