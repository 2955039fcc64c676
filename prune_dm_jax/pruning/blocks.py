"""Features on the devices, once, in blocks of one shape.

  x_i = f_i - shift,   shift = the mean of all features

A shift changes no distance, and spares float32 the digits that features far
from zero have in common. A block is S slabs of H rows, the last one filled
up with rows that are not real.

The devices are this process's own: every process has the whole answer.
"""

from typing import Any
from typing import NamedTuple

import jax
import numpy as np
from jax.sharding import AxisType
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

ROWS = 8192
"""Rows of a block on one device: the most that one float32 sum adds."""

SLAB = 2048
"""Rows whose products with all centres are in memory at a time."""

EVEN = 64
"""Rows of a slab are a multiple of it."""


class Blocks(NamedTuple):
  """Features, and where they are."""

  features: Any  # [N, D] on the host, as they were given
  shift: np.ndarray  # [D] float32
  x: list  # of [S, H, D] float32, S split over `data`
  real: list  # of [S, H] bool
  identity: np.ndarray  # [N] uint32, of what is in a row
  variance: float  # mean over D
  mesh: Any


def place(features, *, devices=None, rows=ROWS, slab=SLAB):
  """Blocks of features [N, D], which may be a memory map."""
  mesh = data_mesh(devices or jax.local_devices())
  split = NamedSharding(mesh, P('data'))
  slabs, height = shape(-(-len(features) // mesh.size), rows, slab)
  slabs *= mesh.size
  shift = mean(features, slabs * height)
  x, real, identity, squares = [], [], [], 0.0
  for part in parts(features, slabs * height):
    block = np.zeros((slabs * height, part.shape[1]), np.float32)
    np.subtract(part, shift, out=block[: len(part)])
    squares += np.square(block).sum(dtype=np.float64)
    x.append(jax.device_put(block.reshape(slabs, height, -1), split))
    is_real = np.arange(slabs * height) < len(part)
    real.append(jax.device_put(is_real.reshape(slabs, height), split))
    identity.append(hashed(part))
  variance, identity = squares / features.size, np.concatenate(identity)
  return Blocks(features, shift, x, real, identity, variance, mesh)


def data_mesh(devices):
  return jax.make_mesh(
    (len(devices),), ('data',), axis_types=(AxisType.Auto,), devices=devices
  )


def shape(size, rows, slab):
  """S and H of blocks of at most `rows` that hold `size` rows, and few more."""
  blocks = -(-size // rows)
  rows = -(-size // blocks)
  slabs = -(-rows // slab)
  return slabs, -(-rows // (slabs * EVEN)) * EVEN


def parts(features, height):
  """features [N, D] as contiguous float32, `height` rows at a time."""
  for first in range(0, len(features), height):
    yield np.ascontiguousarray(features[first : first + height], np.float32)


def mean(features, height):
  """[D] float32, of float64 sums."""
  total = sum(p.sum(axis=0, dtype=np.float64) for p in parts(features, height))
  return (total / len(features)).astype(np.float32)


def hashed(rows):
  """[N, D] float32 -> [N] uint32: random odd multiples of the bits, added.

  With it, an example meets the same draws wherever it stands in the data.
  """
  odd = np.random.default_rng(0).integers(2**31, size=rows.shape[1]) * 2 + 1
  return np.einsum('nd,d->n', rows.view(np.uint32), odd.astype(np.uint32))


def rows_at(blocks, index):
  """[n, D] rows as they are on the devices."""
  return np.asarray(blocks.features[index], np.float32) - blocks.shift


def distinct(identity, order, at_most):
  """The first indices of `order` that are of rows unlike those before."""
  _, first = np.unique(identity[order], return_index=True)
  return order[np.sort(first)[:at_most]]
