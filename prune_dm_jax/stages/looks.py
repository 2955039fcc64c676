"""How every picture looks: thumbnails, and the columns by which junk is told.

  thumbnails.npy    uint8 [N, 16, 16, 3]
  looks.parquet     key width height aspect bytes, and those of data/looks.py

Both in the order of the keys. Pictures of equal pixels are looked at once.
"""

import contextlib
import functools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import looks
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import progress

THUMBNAILS = 'thumbnails.npy'
TABLE = 'looks.parquet'

AT_ONCE = 4096
"""Thumbnails that are copied at a time."""


def build(run):
  """The folder of looks of every picture."""
  return artifacts.build(run.paths.looks, functools.partial(write, run))


def thumbnails(run):
  """uint8 [N, 16, 16, 3], read where they are asked for."""
  return np.load(run.paths.looks / THUMBNAILS, mmap_mode='r')


def columns(run):
  """name -> [N] of looks.parquet, but for the keys."""
  table = pq.read_table(run.paths.looks / TABLE).drop_columns(['key'])
  return {name: table[name].to_numpy() for name in table.column_names}


def write(run, folder):
  """Looks at each picture, once, and writes both files."""
  _, first, place = np.unique(
    run.copies, return_index=True, return_inverse=True
  )
  found = seen(run, first)
  save = functools.partial(spread, found['thumbnail'], place)
  artifacts.write(folder / THUMBNAILS, save)
  rows = table(run.source.keys, run.facts, found['look'][place])
  artifacts.write(folder / TABLE, lambda path: pq.write_table(rows, path))


def seen(run, some):
  """thumbnail uint8 [n, 16, 16, 3] and look float32 [n, 6] of some pictures."""
  say = progress.counter('looks', len(some))
  found = {
    'thumbnail': np.zeros((len(some), looks.SIDE, looks.SIDE, 3), np.uint8),
    'look': np.zeros((len(some), len(looks.COLUMNS)), np.float32),
  }
  parts = unreadable.each(
    run.source,
    looks.of_source,
    among=some,
    workers=run.config.runtime.workers,
    say=say,
  )
  at = 0
  with contextlib.closing(parts):  # Whatever ends this ends its processes.
    for part, those in parts:
      rows = slice(at, at + len(part))
      found['thumbnail'][rows] = [one.thumbnail for one in those]
      found['look'][rows] = [one[1:] for one in those]
      at += len(part)
  return found


def spread(own, place, path):
  """Writes own[place] as .npy, some rows at a time."""
  whole = np.lib.format.open_memmap(
    path, 'w+', own.dtype, (len(place), *own.shape[1:])
  )
  for at in range(0, len(place), AT_ONCE):
    whole[at : at + AT_ONCE] = own[place[at : at + AT_ONCE]]
  whole.flush()


def table(keys, facts, found):
  """The rows of looks.parquet, of found [N, 6]."""
  height, width = facts.shapes.T
  aspect = np.maximum(width, height) / np.minimum(width, height)
  named = dict(zip(looks.COLUMNS, found.T, strict=True))
  return pa.table(
    {
      'key': pa.array(keys),
      'width': width,
      'height': height,
      'aspect': aspect.astype(np.float32),
      'bytes': facts.sizes,
      **{name: np.ascontiguousarray(column) for name, column in named.items()},
    }
  )
