"""An array in files of one length: <folder>/00000.npy, 00001.npy, ...

A file that is there is whole, so that writing goes on where it ended, and rows
are read by memory map: no file is ever read whole. Beside each may stand a sum of
every row, 00000.sums uint32 [n], which a row is held against each time it is read:

  CRC-32 of the row's bytes, begun with that of its type and shape

A CRC-32 differs for any one bit, and for all others but one time in 2^32.
"""

import functools
import zlib

import numpy as np

ROWS = 16_384
"""Rows of each file but the last."""

SUMS = '.sums'


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


@functools.lru_cache(maxsize=4096)
def written(path):
  """The rows of a file, and their sums; None of a file that has none."""
  sums = sums_of(path)
  return memory_map(str(path)), np.load(sums) if sums.exists() else None


def sums_of(path):
  """Where the sums of a file's rows are, if it has any."""
  return path.with_suffix(SUMS)


def rows_of(path):
  """The file that sums are of; None, if a path is none of sums."""
  return path.with_suffix('.npy') if path.suffix == SUMS else None


def sums(rows):
  """[n] uint32 of rows [n, ...]."""
  rows = np.ascontiguousarray(rows)
  begin = zlib.crc32(f'{rows.dtype.str} {rows.shape[1:]}'.encode())
  flat = memoryview(rows.reshape(-1).view(np.uint8))
  width = len(flat) // max(len(rows), 1)
  each = (
    zlib.crc32(flat[at : at + width], begin)
    for at in range(0, len(rows) * width, width)
  )
  return np.fromiter(each, np.uint32, len(rows))


def refuse(path, what):
  """Raises ValueError of a file whose rows are not those that were written."""
  raise ValueError(
    f'{path} is damaged ({what}); restore it, or move it aside, and the stage '
    'that wrote it writes it again'
  )


def take(folder, indices, damaged=refuse):
  """Rows [b, ...] of an array in files, in the order of `indices` [b].

  damaged(path, what) raises what is said of a file that is.
  """
  file, row = np.divmod(indices, ROWS)
  paths = {number: folder / f'{number:05}.npy' for number in np.unique(file)}
  return gather(paths, file, row, damaged)


def gather(paths, file, row, damaged=refuse):
  """Rows [b, ...]: of each the number [b] of its file, and its place [b] there."""
  found = None
  for number in np.unique(file):
    here = file == number
    rows = some(paths[number], row[here], damaged)
    if found is None:
      found = np.empty((len(file), *rows.shape[1:]), rows.dtype)
    found[here] = rows
  return found


def some(path, places, damaged):
  """Some rows of a file, held against their sums."""
  try:
    rows, own = written(path)
    taken = rows[places]
    wrong = [] if own is None else np.flatnonzero(sums(taken) != own[places])
  except (ValueError, EOFError, IndexError) as error:  # Torn, or no array.
    damaged(path, ' '.join(str(error).split()))
  if len(wrong):
    damaged(path, f'row {places[wrong[0]]} is not the one that was written')
  return taken
