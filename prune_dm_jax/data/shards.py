"""An array in files of one length: <folder>/00000.npy, 00001.npy, ...

A file that is there is whole, so that writing goes on where it ended, and rows
are read by memory map: no file is ever read whole.
"""

import functools

import numpy as np

ROWS = 16_384
"""Rows of each file but the last."""


def ranges(size):
  """[(file name, first row, end)] of an array with `size` rows."""
  firsts = range(0, size, ROWS)
  return [
    (f'{number:05}.npy', first, min(first + ROWS, size))
    for number, first in enumerate(firsts)
  ]


@functools.lru_cache(maxsize=4096)
def memory_map(path):
  return np.load(path, mmap_mode='r')


def take(folder, indices):
  """Rows [b, ...] of an array in files, in the order of `indices` [b]."""
  file, row = np.divmod(indices, ROWS)
  found = None
  for number in np.unique(file):
    rows = memory_map(str(folder / f'{number:05}.npy'))
    if found is None:
      found = np.empty((len(indices), *rows.shape[1:]), rows.dtype)
    here = file == number
    found[here] = rows[row[here]]
  return found
