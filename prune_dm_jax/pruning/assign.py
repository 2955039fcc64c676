"""One pass of k-means over the data: the nearest centre of every row.

  group_i = argmax_k x_i . c_k - |c_k|^2 / 2,   apart_i = || x_i - c_group ||^2

Distances are taken from differences: products lose their digits near zero. So
are means, of which the last centres are the larger part. Differences are added
in float32 within a block; from block to block the rounding errors are kept and
added too (two-sum: Knuth, 1969), and devices are added in float64.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

TOGETHER = 8
"""Centres among which the coarse search for a maximum does not distinguish."""

FAR = 1e38
"""Half the square of a centre that is none, and fills up the last eight."""


def assign(blocks, centers):
  """One pass at centres [K, D], which are taken as float32.

  Returns:
    groups: list of [S, H] int32, a block each: the nearest centre.
    excess: [K, D] float64 sums of x_i - c_k over each cluster: how far its mean
      is from its centre, times its size.
  """
  zeros = np.zeros((blocks.mesh.size, *centers.shape), np.float32)
  split = NamedSharding(blocks.mesh, P('data'))
  total = jax.device_put((zeros, zeros.copy()), split)
  factors, groups = on_devices(blocks, centers), []
  for x, real in zip(blocks.x, blocks.real, strict=True):
    groups.append(find(x, real, *factors, mesh=blocks.mesh))
    total = add(*total, x, groups[-1], factors[0], mesh=blocks.mesh)
  excess = sum(np.asarray(part).sum(axis=0, dtype=float) for part in total)
  return groups, excess


def nearest(blocks, centers):
  """group [N] int32 and squared distance [N] float32 of the nearest centre."""
  factors = on_devices(blocks, centers)
  groups = [
    find(x, real, *factors, mesh=blocks.mesh)
    for x, real in zip(blocks.x, blocks.real, strict=True)
  ]
  return gathered(blocks, groups), distances(blocks, centers, groups)


def distances(blocks, centers, groups):
  """[N] float32 squared distances to the centres of groups, a block each."""
  centers, _ = on_devices(blocks, centers)
  aparts = [
    measure(x, group, centers, mesh=blocks.mesh)
    for x, group in zip(blocks.x, groups, strict=True)
  ]
  return gathered(blocks, aparts)


def gathered(blocks, arrays):
  """[S, H] arrays, one a block -> [N] on the host."""
  flat = [np.asarray(array).ravel() for array in arrays]
  return np.concatenate(flat)[: len(blocks.features)]


def on_devices(blocks, centers):
  """Centres, filled up to [K', D], and |c|^2 / 2 [K', 1], on every device."""
  num_clusters, width = centers.shape
  filled = np.zeros(
    (-(-num_clusters // TOGETHER) * TOGETHER, width), np.float32
  )
  filled[:num_clusters] = centers
  half = np.square(filled, dtype=float).sum(axis=1, keepdims=True) / 2
  half[num_clusters:] = FAR
  whole = NamedSharding(blocks.mesh, P())
  return jax.device_put((filled, half.astype(np.float32)), whole)


def over_data(local, mesh, *whole):
  """shard_map of rows [S, ...] and, after these, `whole` arguments."""
  return lambda *rows: jax.shard_map(
    local,
    mesh=mesh,
    in_specs=(P('data'),) * len(rows) + (P(),) * len(whole),
    out_specs=P('data'),
    check_vma=False,
  )(*rows, *whole)


@functools.partial(jax.jit, static_argnames='mesh')
def find(x, real, centers, half, *, mesh):
  """group [S, H] of rows x [S, H, D]; K' where a row is not real."""

  def local(x, real, centers, half):
    product = lambda slab: jnp.dot(centers, slab.T, precision='highest')
    group = jax.lax.map(lambda slab: top(product(slab) - half), x)
    return jnp.where(real, group, len(centers))

  return over_data(local, mesh, centers, half)(x, real)


def top(near):
  """[K', H] -> [H]: the place of the maximum, the first one if there are more.

  jnp.argmax takes ten times as long as a maximum. So: which eight have it, and
  then which of the eight.
  """
  coarse = near.reshape(-1, TOGETHER, near.shape[1]).max(axis=1)
  first = least(coarse) * TOGETHER
  eight = first[None] + jnp.arange(TOGETHER)[:, None]
  return first + least(jnp.take_along_axis(near, eight, axis=0))


def least(near):
  """The least index that reaches the maximum of its column."""
  index = jnp.arange(len(near))[:, None]
  reached = near >= near.max(axis=0, keepdims=True)
  return jnp.where(reached, index, len(near)).min(axis=0)


@functools.partial(jax.jit, static_argnames='mesh')
def measure(x, group, centers, *, mesh):
  """[S, H] squared distances of rows to the centres of their groups."""
  local = lambda x, group, centers: jnp.square(x - centers[group]).sum(axis=-1)
  return over_data(local, mesh, centers)(x, group)


@functools.partial(jax.jit, static_argnames='mesh', donate_argnums=(0, 1))
def add(high, low, x, group, centers, *, mesh):
  """[devices, K, D] sums of x_i - c_k, as high + low, with a block added.

  Apart from `find`, so that the search in the next block need not wait for it.
  """

  def local(high, low, x, group, centers):
    rows = (x - centers[group]).reshape(-1, x.shape[-1])
    more = cluster_sums(rows, group.ravel(), num_clusters=high.shape[1])
    return two_sum(high, low, more[None])

  return over_data(local, mesh, centers)(high, low, x, group)


def cluster_sums(x, group, *, num_clusters):
  """[R, D], [R] -> [K, D]; a row of group K or above is left out.

  On a CPU added row by row; elsewhere by a product, since an accelerator adds
  rows in whatever order they come, and other bits would come out each time.
  """
  return jax.lax.platform_dependent(
    x, group,
    cpu=functools.partial(by_rows, num_clusters=num_clusters),
    default=functools.partial(by_product, num_clusters=num_clusters),
  )  # fmt: skip


def by_rows(x, group, *, num_clusters):
  return jax.ops.segment_sum(x, group, num_clusters)


def by_product(x, group, *, num_clusters):
  own = group[None] == jnp.arange(num_clusters)[:, None]
  return jnp.dot(own.astype(x.dtype), x, precision='highest')


def two_sum(high, low, more):
  """high + low + more, as another high + low."""
  total = high + more
  back = total - high
  return total, low + ((high - (total - back)) + (more - back))
