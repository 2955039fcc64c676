"""A function over many rows, in batches of one size, split over all devices."""

import jax
import numpy as np
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import log
from prune_dm_jax.training import step as step_lib


def padded(read, size, *, mesh, batch_size):
  """Yields dicts of [B, ...] on the devices, and how many of their rows count.

  `weight` [B] is added to them: 1, or 0 for the rows that fill up the last one.

  Args:
    read: indices [b] -> dict of [b, ...].
    size: Number of rows.
    mesh: From `step.data_mesh`.
    batch_size: B, made a multiple of the devices; the last batch is filled up
      with its last row, so that all have one shape.
  """
  batch_size = -(-batch_size // mesh.size) * mesh.size
  for first in range(0, size, batch_size):
    indices = np.minimum(np.arange(first, first + batch_size), size - 1)
    here = min(batch_size, size - first)
    weight = (np.arange(batch_size) < here).astype(np.float32)
    yield step_lib.place({**read(indices), 'weight': weight}, mesh), here


def row_by_row(function, mesh):
  """(params, dict of [B, ...]) -> pytree of [B, ...], jitted, rows split.

  No row knows of another, so nothing is sent between devices.
  """
  return jax.jit(
    jax.shard_map(
      function,
      mesh=mesh,
      in_specs=(P(), P('data')),
      out_specs=P('data'),
      check_vma=False,
    )
  )


def mapped(call, read, size, *, mesh, batch_size, say=lambda done: None):
  """The pytree of [size, ...] numpy arrays that call(dict of [B, ...]) gives."""
  results, done = [], 0
  for batch, here in padded(read, size, mesh=mesh, batch_size=batch_size):
    out = call(batch)
    results.append(jax.tree.map(lambda a, n=here: np.asarray(a)[:n], out))
    done += here
    say(done)
  return jax.tree.map(lambda *parts: np.concatenate(parts), *results)


def in_batches(function, read, size, *, mesh, batch_size, name):
  """`mapped`, of a function that is jitted here, with lines of progress."""
  return mapped(
    jax.jit(function), read, size, mesh=mesh,
    batch_size=min(batch_size, size), say=log.counter(name, size),
  )  # fmt: skip
