"""The table of contents of a set, kept in a file for every workdir and command.

  $PRUNE_DM_CACHE, or $XDG_CACHE_HOME/prune_dm_jax, or ~/.cache/prune_dm_jax
    contents-<hash of the path of the data and its layout>.parquet

What is damaged, or of another reader of pictures, says nothing. A file that
exists is whole.
"""

import hashlib
import os
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prune_dm_jax.data import contents as contents_lib

HASH = pa.binary(16)
SCHEMA = pa.schema(
  [
    ('key', pa.string()),
    *((name, pa.int64()) for name in contents_lib.STAMP),
    ('bytes', HASH),
    ('pixels', HASH),
    ('height', pa.int32()),
    ('width', pa.int32()),
    ('channels', pa.int8()),
    ('why', pa.string()),
  ]
)


def folder():
  """Where the user's tables are; $PRUNE_DM_CACHE decides, if it is there."""
  own = os.environ.get('PRUNE_DM_CACHE')
  if own:
    return pathlib.Path(own)
  home = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
  return pathlib.Path(home) / 'prune_dm_jax'


def name(path, layout):
  """The name of the table of the data at `path`, read as a layout."""
  text = f'{os.path.realpath(path)}\n{layout}'
  own = hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()
  return f'contents-{own[:16]}.parquet'


def read(file, contents):
  """Fills in, in place, the rows that a table knows and that have not changed.

  Nor those of files that could not be read at all: perhaps they now can be.
  """
  table = opened(file)
  if table is None:
    return
  keys = pa.array(contents.keys, pa.string())
  if table['key'].equals(pa.chunked_array([keys])):
    found = pa.array(np.arange(len(keys)))
  else:
    found = pc.index_in(keys, table['key'].combine_chunks())
  there = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
  rows = found.drop_null().to_numpy(zero_copy_only=False)
  columns = [table[n].to_numpy()[rows] for n in contents_lib.STAMP]
  own = hashes(table['bytes'])[rows]
  same = (np.stack(columns, 1) == contents.stamps[there]).all(1)
  same &= own.any(1) & (contents.stamps[there] >= 0).all(1)
  to, rows = there[same], rows[same]
  contents.bytes[to] = own[same]
  contents.pixels[to] = hashes(table['pixels'])[rows]
  for column, label in enumerate(('height', 'width')):
    contents.shapes[to, column] = table[label].to_numpy()[rows]
  contents.channels[to] = table['channels'].to_numpy()[rows]
  said = pc.not_equal(table['why'], '').to_numpy()[rows]
  contents.why[to[said]] = table['why'].take(pa.array(rows[said])).to_numpy()
  contents.known[to] = True


def opened(file):
  """The table in a file, or None: where none is, or not one of this reader."""
  try:
    table = pq.ParquetFile(file, page_checksum_verification=True).read()
  except (OSError, pa.ArrowException):
    return None
  facts = table.schema.metadata or {}
  ours = facts.get(b'reader', b'').decode() == contents_lib.READER
  return table if ours and table.schema.equals(SCHEMA) else None


def hashes(column):
  """[N, 16] uint8 of a column of hashes."""
  if not len(column):
    return np.zeros((0, 16), np.uint8)
  array = pa.concat_arrays(column.chunks)
  data = np.frombuffer(array.buffers()[1], np.uint8).reshape(-1, 16)
  return data[array.offset : array.offset + len(array)]


def write(file, contents):
  """Writes the rows that are known, under another name first."""
  rows = np.flatnonzero(contents.known)
  packed = lambda array: pa.Array.from_buffers(
    HASH, len(rows), [None, pa.py_buffer(array[rows].tobytes())]
  )
  table = pa.table(
    [
      pa.array(contents.keys, pa.string()).take(pa.array(rows)),
      *(pa.array(column) for column in contents.stamps[rows].T),
      packed(contents.bytes),
      packed(contents.pixels),
      *(pa.array(column) for column in contents.shapes[rows].T),
      pa.array(contents.channels[rows]),
      pa.array(contents.why[rows], pa.string()),
    ],
    schema=SCHEMA.with_metadata({'reader': contents_lib.READER}),
  )
  file.parent.mkdir(parents=True, exist_ok=True)
  temporary = file.with_name(f'{file.stem}.{os.getpid()}.partial')
  try:
    pq.write_table(table, temporary, write_page_checksum=True)
    temporary.replace(file)
  finally:
    temporary.unlink(missing_ok=True)
