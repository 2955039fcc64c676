"""k-means on all devices, for data of any size (Lloyd, 1982).

  group_i = argmin_k || x_i - c_k ||,   c_k = mean of x_i with group_i = k

in turns, until the centres rest. A cluster that comes out empty starts again on
the example that is furthest from its centre.
"""

import jax
import numpy as np

from prune_dm_jax.pruning import assign
from prune_dm_jax.pruning import blocks as blocks_lib
from prune_dm_jax.pruning import kmeans_start


def fit(
  features, num_clusters, restarts, seed, *, iterations=300, tolerance=1e-4
):
  """[N, D] -> centres [K, D] float64, group [N] int32.

  Args:
    features: May be a memory map: the devices hold it once.
    num_clusters: K.
    restarts: How many seedings; the one of least inertia is taken.
    seed: Of the seedings.
    iterations: At most.
    tolerance: Of the squared ways of all centres, in variances of the features.
  """
  blocks = blocks_lib.place(features)

  def run(key):
    start = kmeans_start.centers(blocks, num_clusters, key)
    return settle(blocks, iterate(blocks, start, iterations, tolerance))

  keys = jax.random.split(jax.random.key(seed), restarts)
  centers, group, _ = min(map(run, keys), key=lambda result: result[-1])
  return centers + blocks.shift, group


def iterate(blocks, centers, iterations, tolerance):
  """Centres [K, D] at rest, or after so many iterations."""
  for _ in range(iterations):
    moved = step(blocks, centers)
    way = np.square(moved - centers).sum()
    centers = moved
    if way <= tolerance * blocks.variance:
      break
  return centers


def step(blocks, centers):
  """[K, D] float64: the means of the clusters, and new places for the empty."""
  centers = np.asarray(centers, np.float32)
  groups, excess = assign.assign(blocks, centers)
  group = assign.gathered(blocks, groups)
  count = np.bincount(group, minlength=len(centers))
  means = centers + excess / np.maximum(count, 1)[:, None]
  if count.all():
    return means
  apart = assign.distances(blocks, centers, groups)
  return refill(blocks, means, count, apart)


def refill(blocks, centers, count, apart):
  """Puts centres of empty clusters on the furthest of the distinct rows."""
  empty = np.flatnonzero(count == 0)
  order = np.lexsort((blocks.identity, -apart))[: np.count_nonzero(apart)]
  index = blocks_lib.distinct(blocks.identity, order, len(empty))
  centers = np.array(centers, np.float64)
  centers[empty[: len(index)]] = blocks_lib.rows_at(blocks, index)
  return centers


def settle(blocks, centers):
  """Centres, group [N], inertia: as they are, but that none is left empty."""
  for _ in range(len(centers)):
    group, apart = assign.nearest(blocks, centers)
    count = np.bincount(group, minlength=len(centers))
    if count.all() or not apart.any():
      break
    centers = refill(blocks, centers, count, apart)
  return centers, group, apart.sum(dtype=np.float64)
