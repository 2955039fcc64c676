"""Arrays to be filled row by row: in memory, or in a file that has its room."""

import os

import numpy as np

from prune_dm_jax.training import faults


def in_memory(name, shape, dtype):
  """Room for the rows of a name, in memory."""
  del name
  return np.empty(shape, dtype)


def on_disk(folder):
  """Room in <name>.npy of a folder; the array is to be flushed."""

  def room(name, shape, dtype):
    return reserved(folder / f'{name}.npy', shape, dtype)

  return room


def reserved(path, shape, dtype):
  """An .npy to be filled, all of whose bytes are the file's own already.

  So a full disk says so here, where later it would end the process by a signal.
  """
  array = np.lib.format.open_memmap(path, 'w+', dtype, shape)
  size = path.stat().st_size
  with faults.writing(path, size), open(path, 'r+b') as file:
    os.posix_fallocate(file.fileno(), 0, size)
  return array
