"""Nearest neighbours among the points of one set.

The products of two chunks serve both of them: half of what `nearest` would take.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec as P

from prune_dm_jax.metrics import finite
from prune_dm_jax.metrics import nearest
from prune_dm_jax.metrics.nearest import FAR
from prune_dm_jax.metrics.nearest import NOWHERE
from prune_dm_jax.metrics.nearest import SPARE
from prune_dm_jax.metrics.nearest import TOGETHER


def others(points, *, k, rows=None):
  """As `nearest.nearest`, of points among the others of their own set.

  Another point in the same place is at distance 0; only the point itself is
  left out.

  Args:
    points: [N, D].
    k: How many.
    rows: [S] which points ask; all, if None.
  """
  nearest.check(points, k + 1)
  if rows is None and len(points) <= nearest.PART:
    distance, index = of_all(points, k + 1)
  else:
    asking = points if rows is None else points[rows]
    distance, index = nearest.nearest(asking, points, k=k + 1)
  rows = np.arange(len(points)) if rows is None else rows
  own = index == rows[:, None]
  own[~own.any(axis=1), -1] = True  # As many others are in the same place.
  shape = len(rows), k
  return distance[~own].reshape(shape), index[~own].reshape(shape)


def of_all(points, k):
  """`nearest.nearest` of all points among all: [N, k] distances and indices."""
  finite.check(points)
  mesh, size = nearest.data_mesh(), len(points)
  x, half = nearest.placed_queries(points, nearest.origin_of(points), mesh)
  pairs = pairs_of(len(x), mesh.size)
  found = least_groups(x, half, pairs, mesh=mesh, wanted=k + SPARE)
  parts = zip(*(np.asarray(part)[:, :size] for part in found), strict=True)
  merge = functools.partial(nearest.merged, wanted=k + SPARE)
  return nearest.refined(points, points, functools.reduce(merge, parts)[1], k)


def pairs_of(number, devices):
  """int32 [devices * n, 2]: every pair i <= j of chunks, filled up with -1."""
  pairs = np.stack(np.triu_indices(number), axis=1)
  full = np.full((-(-len(pairs) // devices) * devices, 2), -1, np.int32)
  full[: len(pairs)] = pairs
  return full


@functools.partial(jax.jit, static_argnames=('mesh', 'wanted'))
def least_groups(x, half, pairs, *, mesh, wanted):
  """The groups of least minima: minima and places [devices, B * C, wanted].

  Args:
    x: [B, C, D] chunks of points.
    half: [B, C] half their squares.
    pairs: int32 [P, 2] of chunks.
    mesh: The devices, which share the pairs.
    wanted: How many groups.
  """
  groups = x.shape[1] // TOGETHER

  def learn(best, i, j, minima):
    """The points of chunk i have minima [groups, C] in chunk j."""
    known = jax.tree.map(lambda b: b[i], best)
    found = nearest.least(known, minima, j * groups, wanted)
    return jax.tree.map(lambda b, f: b.at[i].set(f), best, found)

  def both(best, pair):
    i, j = pair
    p = nearest.product(x[i], x[j])
    of_i = (half[j][None] - p).reshape(-1, groups, TOGETHER).min(axis=2).T
    of_j = (half[i][:, None] - p).reshape(groups, TOGETHER, -1).min(axis=1)
    best = learn(best, i, j, jnp.where(i < 0, FAR, of_i))
    return learn(best, j, i, jnp.where(i == j, FAR, of_j)), None

  def local(x, half, pairs):
    shape = len(x), wanted, x.shape[1]
    best = jnp.full(shape, FAR), jnp.full(shape, NOWHERE)
    best, _ = jax.lax.scan(both, best, pairs)
    flat = lambda b: b.transpose(0, 2, 1).reshape(1, -1, wanted)
    return jax.tree.map(flat, best)

  return jax.shard_map(
    local,
    mesh=mesh,
    in_specs=(P(), P(), P('data')),
    out_specs=P('data'),
    check_vma=False,
  )(x, half, pairs)
