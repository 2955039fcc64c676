"""Batches without end: every kept example once an epoch, and no other.

The order is a pure function of (seed, kept list, step): a global batch is drawn
as indices, each shard takes its rows of it, and only those are read. So neither
the number of shards, nor that of workers, nor a resume changes what a step sees.
"""

import functools

import grain
import numpy as np


@functools.lru_cache(maxsize=32)
def memory_map(path):
  return np.load(path, mmap_mode='r')


def rows(paths, indices):
  """Rows of .npy files, name -> path; the files are never read whole."""
  return {
    name: np.array(memory_map(str(path))[indices])
    for name, path in paths.items()
  }


def batches(
  kept,
  read,
  *,
  batch_size,
  seed,
  start=0,
  shard=0,
  num_shards=1,
  workers=0,
):
  """An endless iterator over this shard's part of each global batch.

  Args:
    kept: [M] indices of the examples to train on.
    read: indices [b] -> dict of [b, ...]; must pickle if there are workers.
    batch_size: B, over all shards.
    seed: Of the order.
    start: First step: the number of global batches already seen.
    shard, num_shards: Which rows of the global batch are read here.
    workers: Processes that read ahead; 0 reads in a thread.

  Returns:
    Iterator of read(indices [B / num_shards]).
  """
  if batch_size % num_shards:
    raise ValueError(
      f'batch size {batch_size} does not divide among {num_shards} shards'
    )
  here = batch_size // num_shards
  mine = slice(shard * here, (shard + 1) * here)
  data = grain.MapDataset.source(np.asarray(kept, np.int64)).seed(seed)
  data = data.shuffle().repeat(None).batch(batch_size)
  data = data[start:].map(functools.partial(read_part, read, mine))
  data = data.to_iter_dataset(grain.ReadOptions(num_threads=1))
  if workers:
    options = grain.MultiprocessingOptions(num_workers=workers)
    data = data.mp_prefetch(options)
  return iter(data)


def read_part(read, part, indices):
  return read(indices[part])
