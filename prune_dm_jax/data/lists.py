"""Anyone's own list of examples to keep, checked against the data."""

import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def read_list(path, source):
  """Anyone's own list of examples to keep, checked against the data.

  Args:
    path: .npy of indices, .txt of keys (one a line), or .parquet with a column
      `key` or `index`, and `keep` if not all its rows are meant.
    source: The full data set.

  Returns:
    [M] sorted indices.

  Raises:
    ValueError: What is wrong, in which file, and what would do.
  """
  path = pathlib.Path(path)
  readers = {'.npy': read_npy, '.txt': read_txt, '.parquet': read_parquet}
  if path.suffix not in readers:
    raise ValueError(f'{path}: a list is one of {", ".join(readers)}')
  if not path.exists():
    raise ValueError(f'{path}: there is no such file')
  indices = readers[path.suffix](path, source)
  check(indices, path, source)
  return np.sort(indices).astype(np.int64)


def check(indices, path, source):
  if indices.ndim != 1 or indices.dtype.kind not in 'iu':
    raise ValueError(
      f'{path}: wanted a list of integers, got {indices.dtype} of shape '
      f'{indices.shape}'
    )
  if not len(indices):
    raise ValueError(f'{path}: the list is empty; nothing would be trained on')
  outside = indices[(indices < 0) | (indices >= len(source))]
  if len(outside):
    raise ValueError(
      f'{path}: index {outside[0]} is outside the data, which has '
      f'{len(source)} examples'
    )
  values, counts = np.unique(indices, return_counts=True)
  if (counts > 1).any():
    raise ValueError(f'{path}: example {values[counts > 1][0]} is listed twice')


def read_npy(path, source):
  del source
  try:
    return np.load(path, allow_pickle=False)
  except (ValueError, EOFError) as error:
    raise ValueError(f'{path}: not an .npy file of numbers') from error


def read_txt(path, source):
  try:
    lines = path.read_text(encoding='utf-8').splitlines()
  except UnicodeDecodeError as error:
    raise ValueError(f'{path}: not a text file in UTF-8') from error
  return indices_of([line for line in lines if line.strip()], path, source)


def indices_of(keys, path, source):
  place = {key: i for i, key in enumerate(source.keys)}
  unknown = [key for key in keys if key not in place]
  if unknown:
    raise ValueError(
      f'{path}: {unknown[0]!r} is no key of this data, whose keys look like '
      f'{source.keys[0]!r}'
    )
  return np.array([place[key] for key in keys], np.int64)


def read_parquet(path, source):
  try:
    rows = pq.read_table(path)
  except (pa.ArrowInvalid, OSError) as error:
    raise ValueError(f'{path}: not a Parquet file') from error
  made_on = (rows.schema.metadata or {}).get(b'fingerprint', b'').decode()
  if made_on and made_on != source.fingerprint:
    raise ValueError(
      f'{path}: a manifest of other data (fingerprint {made_on}, this data has '
      f'{source.fingerprint})'
    )
  if 'keep' in rows.column_names:
    rows = rows.filter(rows['keep'])
  if 'key' in rows.column_names:
    return indices_of(rows['key'].to_pylist(), path, source)
  if 'index' in rows.column_names:
    return rows['index'].to_numpy()
  raise ValueError(
    f'{path}: no column `key` or `index` among {rows.column_names}'
  )
