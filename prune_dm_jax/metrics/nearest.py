"""Nearest neighbours, exact, of any number of points in bounded memory.

  |q - p|^2 = |q|^2 - 2 q.p + |p|^2

On the devices only the minimum over every TOGETHER points is kept: the k nearest
lie in the k groups of the least minima. Their points are then measured from
differences, since products lose their digits near zero, where copies show.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.metrics import finite

TOGETHER = 4
PART = 65_536
"""Points on the devices at a time."""

SLAB = 2_048
"""Points whose products with the queries are in memory at a time."""

QUERIES = 8_192
"""Queries whose minima are in memory at a time."""

CHUNK = 1_024
"""Queries whose products with a slab are in memory at a time."""

SPARE = 1
"""Groups and points taken beyond k, since float32 may mistake their order."""

FAR = np.float32(1e38)
NOWHERE = np.int32(2**28)
"""The place of a group that is not there; its points have numbers of 32 bits."""

NAMES = ('distance', 'index')

ALIGNED = 64
"""Bytes: from here the devices of a CPU read an array without copying it."""


def data_mesh():
  return Mesh(np.array(jax.local_devices()), ('data',))


def once(name, make):
  """What make() gives, kept nowhere."""
  del name
  return make()


def nearest(queries, points, *, k, keep=once):
  """The k nearest points of each query.

  Args:
    queries: [S, D], perhaps a memory map; so are the points.
    points: [N, D], N at least k.
    k: How many.
    keep: (name, make) -> arrays by name that make() gives, or gave before.

  Returns:
    distance [S, k] float64 ascending and index [S, k]; ties by the index.
  """
  check(points, k)
  finite.check(queries)
  finite.check(points)
  parts = [
    keep(str(i), functools.partial(among, queries[i : i + QUERIES], points, k))
    for i in range(0, len(queries), QUERIES)
  ]
  return tuple(np.concatenate([p[name] for p in parts]) for name in NAMES)


def check(points, k):
  if len(points) < k:
    raise ValueError(
      f'{k} nearest neighbours are asked of {len(points)} points'
    )


def among(queries, points, k):
  """`nearest`, of queries that fit in memory, by NAMES."""
  origin, mesh, size = origin_of(points), data_mesh(), len(queries)
  q, _ = placed_queries(queries, origin, mesh)
  best = np.zeros((size, 0), np.float32), np.zeros((size, 0), int)
  for first in range(0, len(points), PART):
    part = placed_points(points[first : first + PART], origin, mesh)
    minima, places = least_groups(q, *part, mesh=mesh, wanted=k + SPARE)
    groups = np.asarray(places, int)[:size] + first // TOGETHER
    best = merged(best, (np.asarray(minima)[:size], groups), k + SPARE)
  return dict(zip(NAMES, refined(queries, points, best[1], k), strict=True))


def origin_of(points):
  """[D] near which the points lie: products of differences keep more digits."""
  return np.asarray(points[:SLAB], np.float64).mean(axis=0)


def centred(rows, origin, size):
  """[size, D] float32 less the origin, filled up, and half their squares.

  These are FAR where it is filled up, so that nothing is near.
  """
  x = aligned(size, len(origin))
  wide = np.result_type(rows.dtype, np.float32)
  np.subtract(rows, origin, out=x[: len(rows)], dtype=wide, casting='same_kind')
  x[len(rows) :] = 0
  half = np.einsum('nd,nd->n', x, x) / 2
  half[len(rows) :] = FAR
  return x, half


def aligned(size, width):
  """An empty float32 array [size, width] that begins at a multiple of ALIGNED."""
  raw = np.empty(size * width * 4 + ALIGNED, np.uint8)
  first = -raw.ctypes.data % ALIGNED
  whole = raw[first : first + size * width * 4]
  return whole.view(np.float32).reshape(size, width)


def placed_queries(queries, origin, mesh):
  """[C, Q, D] and half their squares [C, Q], on every device."""
  chunk = -(-min(CHUNK, len(queries)) // TOGETHER) * TOGETHER
  q, half = centred(queries, origin, -(-len(queries) // chunk) * chunk)
  shaped = q.reshape(-1, chunk, len(origin)), half.reshape(-1, chunk)
  return jax.device_put(shaped, NamedSharding(mesh, P()))


def placed_points(points, origin, mesh):
  """[B, H, D] and half their squares [B, H], split over the devices."""
  each = -(-len(points) // mesh.size)
  slab = min(SLAB, -(-each // TOGETHER) * TOGETHER)
  slabs = -(-each // slab) * mesh.size
  x, half = centred(points, origin, slabs * slab)
  shaped = x.reshape(slabs, slab, -1), half.reshape(slabs, slab)
  return jax.device_put(shaped, NamedSharding(mesh, P('data')))


@functools.partial(jax.jit, static_argnames=('mesh', 'wanted'))
def least_groups(q, x, half, *, mesh, wanted):
  """The groups of least minima: minima and places [S, devices * wanted]."""

  def local(q, x, half):
    groups = x.shape[1] // TOGETHER
    own = (jax.lax.axis_index('data') * len(x) + jnp.arange(len(x))) * groups

    def of_chunk(q):
      def learn(best, slab):
        x, half, first = slab
        minima = (half[:, None] - product(x, q)).reshape(-1, TOGETHER, len(q))
        return least(best, minima.min(axis=1), first, wanted), None

      return jax.lax.scan(learn, nothing(wanted, len(q)), (x, half, own))[0]

    found = jax.lax.map(of_chunk, q)
    return tuple(f.transpose(0, 2, 1).reshape(-1, wanted) for f in found)

  return jax.shard_map(
    local,
    mesh=mesh,
    in_specs=(P(), P('data'), P('data')),
    out_specs=P(None, 'data'),
    check_vma=False,
  )(q, x, half)


def nothing(wanted, size):
  """Minima and places [wanted, size] before any group was seen."""
  shape = wanted, size
  return jnp.full(shape, FAR), jnp.full(shape, NOWHERE)


def least(best, minima, first, wanted):
  """The least of what is known and of groups that are new; ties by the place.

  Args:
    best: Minima and places [wanted, Q].
    minima: [G, Q] of the groups first, first + 1, ...
    first: The place of the first of them.
    wanted: How many.
  """
  places = first + jax.lax.broadcasted_iota(jnp.int32, minima.shape, 0)
  places = jnp.where(minima < FAR, places, NOWHERE)
  minima = jnp.concatenate([best[0], minima])
  places = jnp.concatenate([best[1], places])
  found = []
  for _ in range(wanted):
    value = minima.min(axis=0, keepdims=True)
    place = jnp.where(minima <= value, places, NOWHERE)
    place = place.min(axis=0, keepdims=True)
    found.append((value, place))
    taken = places == place
    minima = jnp.where(taken, FAR, minima)
    places = jnp.where(taken, NOWHERE, places)
  return tuple(map(jnp.concatenate, zip(*found, strict=True)))


def product(x, q):
  return jnp.dot(x, q.T, precision='highest')


def merged(one, other, wanted):
  """The least of two lists of minima [S, *] and groups [S, *]."""
  minima, groups = (
    np.concatenate(pair, axis=1) for pair in zip(one, other, strict=True)
  )
  order = np.lexsort((groups, minima))[:, :wanted]
  take = functools.partial(np.take_along_axis, indices=order, axis=1)
  return take(minima), take(groups)


def refined(queries, points, groups, k, *, at_once=16):
  """The k nearest points in groups [S, W] of each query, from differences."""
  found = [
    in_groups(queries[first : first + at_once], points, few, k)
    for first in range(0, len(queries), at_once)
    for few in [groups[first : first + at_once]]
  ]
  return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def in_groups(queries, points, groups, k):
  index = groups[:, :, None] * TOGETHER + np.arange(TOGETHER)
  index = np.sort(index.reshape(len(queries), -1), axis=1)
  there = index < len(points)
  clipped = np.minimum(index, len(points) - 1)
  coarse = squared(queries, points, clipped, np.float32)
  coarse[~there] = np.inf
  some = min(k + SPARE, index.shape[1])
  best = np.sort(np.argsort(coarse, axis=1, kind='stable')[:, :some], axis=1)
  few = np.take_along_axis(clipped, best, axis=1)
  exact = squared(queries, points, few, np.float64)
  exact[~np.take_along_axis(there, best, axis=1)] = np.inf
  order = np.argsort(exact, axis=1, kind='stable')[:, :k]
  take = functools.partial(np.take_along_axis, indices=order, axis=1)
  return np.sqrt(take(exact)), take(few)


def squared(queries, points, index, dtype):
  """[S, W] squared distances of queries to points[index]."""
  apart = np.asarray(points[index.ravel()], dtype).reshape(
    *index.shape, points.shape[1]
  )
  apart -= np.asarray(queries, dtype)[:, None]
  return np.einsum('swd,swd->sw', apart, apart)
