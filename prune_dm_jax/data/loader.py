"""Batches without end: every kept example once an epoch, or as weights have it,
and no other.

The order is a pure function of (seed, kept list, step): a global batch is drawn
as indices, each process takes its rows of it, and only those are read. So neither
the number of processes, nor that of workers, nor a resume changes what a step
sees.
"""

import functools

import grain
import numpy as np

from prune_dm_jax.data import shards
from prune_dm_jax.data import weighted
from prune_dm_jax.data import workers as workers_lib


def rows(paths, indices, damaged=shards.refuse):
  """Rows of .npy files or of folders of `shards`, name -> path."""
  return {
    name: shards.take(path, indices, damaged)
    if path.is_dir()
    else np.array(shards.memory_map(str(path))[indices])
    for name, path in paths.items()
  }


def batches(
  kept,
  read,
  *,
  batch_size,
  seed,
  start=0,
  weights=None,
  rows=None,
  workers=0,
):
  """An endless iterator over this process's part of each global batch.

  Args:
    kept: [M] indices of the examples to train on.
    read: indices [b] -> dict of [b, ...]; must pickle if there are workers.
    batch_size: B, over all processes.
    seed: Of the order.
    start: First step: the number of global batches already seen.
    weights: [M] how often each is trained on, beside the others; None: alike.
    rows: [b] which rows of the global batch are read here; None: all.
    workers: Processes that read ahead; 0 reads in a thread.

  Returns:
    Iterator of read(indices [b]).
  """
  rows = np.arange(batch_size) if rows is None else rows
  data = ordered(kept, batch_size=batch_size, seed=seed, weights=weights)
  data = data[start:].map(functools.partial(read_part, read, rows))
  return read_ahead(data, workers)


def ordered(kept, *, batch_size, seed, weights=None):
  """The global batches without end: at [step], its indices [B]."""
  if weights is not None:
    order = weighted.Batches(kept, weights, batch_size=batch_size, seed=seed)
    return grain.MapDataset.source(order)
  data = grain.MapDataset.source(np.asarray(kept, np.int64)).seed(seed)
  return data.shuffle().repeat(None).batch(batch_size)


def ahead(read, batches, *, workers=0):
  """Iterator of read(indices) for each of a list of batches, in order."""
  return read_ahead(grain.MapDataset.source(batches).map(read), workers)


def read_ahead(data, workers):
  data = data.to_iter_dataset(grain.ReadOptions(num_threads=1))
  if workers:
    options = grain.MultiprocessingOptions(num_workers=workers)
    data = data.mp_prefetch(options, workers_lib.serve)
  return iter(data)


def read_part(read, part, indices):
  return read(indices[part])
