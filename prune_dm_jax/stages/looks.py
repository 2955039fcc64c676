"""How every picture looks: thumbnails, and the columns by which junk is told.

  thumbnails.npy    uint8 [N, 16, 16, 3]
  looks.parquet     key width height aspect bytes, and those of data/looks.py

Both in the order of the keys. A picture is looked at once, in any workdir that
shares the store, and so are those of equal pixels.
"""

import contextlib
import functools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import contents
from prune_dm_jax.data import facts
from prune_dm_jax.data import looks
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import processes
from prune_dm_jax.run import room as room_lib
from prune_dm_jax.run import store

THUMBNAILS = 'thumbnails.npy'
TABLE = 'looks.parquet'

TOGETHER = 4096
"""Rows of a part of the store."""


def build(run):
  """The folder of looks of every picture."""
  return artifacts.build_together(
    run.paths.looks, functools.partial(write, run)
  )


def there(run):
  """Whether looks were taken; if they are damaged, they are again."""
  return run.paths.looks.exists() and bool(build(run))


def thumbnails(run):
  """uint8 [N, 16, 16, 3], read where they are asked for."""
  return damage.map_array(run.paths.looks / THUMBNAILS)


def columns(run):
  """name -> [N] of looks.parquet, but for the keys."""
  table = damage.read_table(run.paths.looks / TABLE).drop_columns(['key'])
  return {name: table[name].to_numpy() for name in table.column_names}


def stored_in(config, workdir):
  """The folder of the store."""
  return store.folder(config, workdir, 'looks', looks.MEANING)


@contextlib.contextmanager
def also(config, workdir):
  """A context of the contents.Also that has looks at hand before `build`."""
  folder = stored_in(config, workdir)
  with store.adding(folder, together=TOGETHER) as (known, add):

    def put(those, found):
      add(facts.rows([one.pixels for one in those]), arrays(found))

    lacks = lambda contents: ~known(contents.pixels)
    yield contents.Also(looks.look, lacks, put)


def write(run, folder):
  """Looks at each picture that is not in the store, and writes both files."""
  found = store.rows(
    stored_in(run.config, run.workdir),
    run.facts.pixels,
    functools.partial(looked_at, run),
    name='looks',
    together=TOGETHER,
    room=functools.partial(room, folder),
  )
  if found:
    rows = table(run.source.keys, run.facts, found['look'])
    artifacts.write(folder / TABLE, lambda path: pq.write_table(rows, path))


def room(folder, name, shape, dtype):
  """Where rows are filled in: thumbnails in their file, the rest in memory."""
  if name == 'thumbnail':
    return room_lib.reserved(folder / THUMBNAILS, shape, dtype)
  return np.empty(shape, dtype)


def looked_at(run, some):
  """Yields thumbnail uint8 [b, 16, 16, 3] and look float32 [b, 6] of some.

  The first of several processes looks; the others wait for it.
  """
  if not processes.first():
    yield {'look': np.empty((len(some), 0), np.float32)}
    return
  parts = unreadable.each(
    run.source,
    looks.of_source,
    among=some,
    workers=run.config.runtime.workers,
  )
  with contextlib.closing(parts):  # Whatever ends this ends its processes.
    for _, those in parts:
      yield arrays(those)


def arrays(those):
  """What the store has of some looks: [b, ...] by name."""
  return {
    'thumbnail': np.stack([one.thumbnail for one in those]),
    'look': np.array([one[1:] for one in those], np.float32),
  }


def table(keys, known, found):
  """The rows of looks.parquet, of found [N, 6]."""
  height, width = known.shapes.T
  aspect = np.maximum(width, height) / np.minimum(width, height)
  named = dict(zip(looks.COLUMNS, found.T, strict=True))
  return pa.table(
    {
      'key': pa.array(keys),
      'width': width,
      'height': height,
      'aspect': aspect.astype(np.float32),
      'bytes': known.sizes,
      **{name: np.ascontiguousarray(column) for name, column in named.items()},
    }
  )
