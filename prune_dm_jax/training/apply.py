"""A function over many rows, in batches of one size, split over all devices.

Of several processes each reads the rows of its devices, and all get the whole.
"""

import itertools

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import step as step_lib


def padded(read, size, *, mesh, batch_size, first=0, ahead=map):
  """Yields dicts of [B, ...] on the devices, and how many of their rows count.

  `weight` [B] is added to them: 1, or 0 for the rows that fill up the last one.

  Args:
    read: indices [b] -> dict of [b, ...].
    size: Number of rows.
    mesh: From `step.data_mesh`.
    batch_size: B, made a multiple of the devices; the last batch is filled up
      with its last row, so that all have one shape.
    first: The row with which they begin.
    ahead: (read, [indices, ...]) -> iterator of what is read, in order.
  """
  batch_size = -(-batch_size // mesh.size) * mesh.size
  starts = range(0, size, batch_size)
  rows = step_lib.rows_here(mesh, batch_size)
  numbers = [start + rows for start in starts]
  read_ahead = ahead(read, [first + np.minimum(n, size - 1) for n in numbers])
  for start, here, batch in zip(starts, numbers, read_ahead, strict=True):
    weight = (here < size).astype(np.float32)
    placed = step_lib.place({**batch, 'weight': weight}, mesh)
    yield placed, min(batch_size, size - start)


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


def everywhere(tree, mesh):
  """The tree's arrays on all devices, each of which has the whole."""
  return jax.device_put(tree, NamedSharding(mesh, P()))


def mapped(
  call, read, size, *, mesh, first=0, say=lambda done: None, **batches
):
  """The pytree of [size, ...] numpy arrays that call(dict of [B, ...]) gives.

  say(number of rows) is called as they are done, those before the first among
  them; `batches` go to `padded`.
  """
  found, done = None, 0
  room = lambda rows: np.empty((size, *rows.shape[1:]), rows.dtype)
  given = padded(read, size, mesh=mesh, first=first, **batches)
  for out in one_behind((call(batch), here) for batch, here in given):
    found = jax.tree.map(room, out) if found is None else found
    for own, rows in zip(*map(jax.tree.leaves, (found, out)), strict=True):
      own[done : done + len(rows)] = rows
    done += len(rows)
    say(first + done)
  return found


def one_behind(calls):
  """Yields what is computed as numpy arrays, when the next call is under way.

  calls: Iterator of (pytree of [B, ...] on the devices, how many rows count).
  """
  for (out, here), _ in itertools.pairwise(itertools.chain(calls, [None])):
    yield jax.tree.map(lambda a, n=here: a[:n], whole(out))


def whole(tree):
  """Arrays on the devices -> numpy arrays, the same in every process."""
  if jax.process_count() > 1:
    return multihost_utils.process_allgather(tree, tiled=True)
  return jax.tree.map(np.asarray, tree)
