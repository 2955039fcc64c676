"""Anyone's features of pictures, [R, D], found by key and put in our order.

.npz       `embeddings` and `keys`
.npy       embeddings, which stay on disk, their keys in a .txt beside it
.parquet   a column `key` (or `path`, `file_name` ...) and a list `embedding`
"""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prune_dm_jax.data import lists
from prune_dm_jax.data.lists import by_key
from prune_dm_jax.data.lists import list_columns
from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.lists import names

EMBEDDING = ('embeddings', 'embedding', 'features', 'feature')
NUMBERS = 2**22
"""That are in memory at a time, of a file that stays on disk."""


class Embeddings(NamedTuple):
  keys: list
  """[R] str."""
  width: int
  parts: Callable
  """-> (first, rows [b, D]) in turn."""


def write(path, source, out, *, root=''):
  """An .npy [N, D] float32 at `out`, of every example in the data's order.

  Raises:
    ValueError: The file, and what of it is missing, twice or not finite.
  """
  path = pathlib.Path(path)
  found = READERS[path.suffix.lower()](path)
  lists.check_names(found.keys, path)
  every = np.arange(len(source))
  row = by_key.rows(found.keys, path, source, every, of='embedding', root=root)
  place = np.full(len(found.keys), -1)
  place[row] = every
  whole = np.lib.format.open_memmap(
    out, 'w+', np.float32, (len(source), found.width)
  )
  for first, rows in found.parts():
    at = place[first : first + len(rows)]
    rows, at = rows[at >= 0], at[at >= 0]
    with np.errstate(over='ignore'):  # Said below, as not finite.
      whole[at] = rows
    bad = ~np.isfinite(whole[at]).all(axis=1)
    if bad.any():
      key = names.shown(source.keys[at[np.argmax(bad)]])
      raise ValueError(
        f'{path}: the embedding of {key} is not finite in float32; give it '
        'numbers, or leave the picture out of the data'
      )
  whole.flush()


def checked(array, path):
  """An array that is [R, D] numbers."""
  if array.ndim != 2 or array.dtype.kind not in 'fiu' or not array.shape[1]:
    raise ValueError(
      f'{path}: wanted embeddings [pictures, numbers], got {array.dtype} of '
      f'shape {array.shape}'
    )
  return array


def of_array(keys, array):
  """Embeddings in an array, that may be on disk."""

  def parts():
    height = max(NUMBERS // array.shape[1], 1)
    for first in range(0, len(array), height):
      yield first, np.asarray(array[first : first + height])

  return Embeddings(keys, array.shape[1], parts)


def npy(path):
  load = lambda: np.load(path, mmap_mode='r', allow_pickle=False)
  array = list_files.unpickled(path, load)
  if not isinstance(array, np.ndarray):
    raise ValueError(f'{path}: an .npz, in spite of its name')
  return of_array(by_key.of_array(path, len(checked(array, path))), array)


def npz(path):
  file = list_files.unpickled(path, lambda: np.load(path, allow_pickle=False))
  if not isinstance(file, np.lib.npyio.NpzFile):
    raise ValueError(f'{path}: not an .npz; call it .npy, its keys in a .txt')
  with file:
    own = [name for name in EMBEDDING if name in file.files]
    if not own or not {*by_key.IN_NPZ} & {*file.files}:
      raise ValueError(
        f'{path}: wanted `embeddings` and `keys`, got {file.files[:12]}'
      )
    array = list_files.unpickled(path, lambda: file[own[0]])
    keys = by_key.of_npz(file, path, len(checked(array, path)))
  return of_array(keys, array)


def parquet(path):
  try:
    file = pq.ParquetFile(path)
    key, own = columns(file.schema_arrow, path)
    keys = file.read(columns=[key])[key].to_pylist()
    first = next(file.iter_batches(batch_size=1, columns=[own]), None)
  except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
    raise torn(path) from error
  width = len(first.column(0)[0].as_py() or ()) if first else 0

  def parts():
    at = 0
    height = max(NUMBERS // max(width, 1), 1)
    try:
      for batch in file.iter_batches(batch_size=height, columns=[own]):
        yield at, matrix(batch.column(0), width, at, path)
        at += len(batch)
    except (pa.ArrowException, OSError) as error:
      raise torn(path) from error

  return Embeddings(keys, width, parts)


def torn(path):
  return ValueError(f'{path}: not a Parquet file, or a torn one')


def columns(schema, path):
  """Names of the columns of keys and of embeddings."""
  lists_of = lambda kind: getattr(kind, 'value_type', None)
  own = [
    f.name for f in schema
    if f.name.casefold() in EMBEDDING and lists_of(f.type) is not None
    and (pa.types.is_floating(f.type.value_type)
         or pa.types.is_integer(f.type.value_type))
  ]  # fmt: skip
  keys = [n for n in schema.names if list_columns.MEANING.get(n) == 'key']
  if len(own) != 1 or not keys:
    found = ', '.join(f'{f.name} ({f.type})' for f in schema)[:200]
    raise ValueError(
      f'{path}: wanted a column `key` and a list of numbers `embedding`, got '
      f'{found}'
    )
  return 'key' if 'key' in keys else keys[0], own[0]


def matrix(column, width, first, path):
  """[b, D] of a column of lists, which must be equally long."""
  length = pc.fill_null(pc.list_value_length(column), 0).to_numpy(
    zero_copy_only=False
  )
  if (length != width).any() or not width:
    row = int(np.argmax(length != width))
    raise ValueError(
      f'{path}: its row {first + row + 1} has an embedding of {length[row]} '
      f'numbers, its first {width}; all must have as many'
    )
  return column.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)


READERS = {'.npy': npy, '.npz': npz, '.parquet': parquet}
"""suffix -> (path -> Embeddings)."""
