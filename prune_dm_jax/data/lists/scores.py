"""Anyone's scores of pictures, one number each, found by key.

.csv .tsv .parquet .jsonl   a column `key` (or `path`, `file_name` ...) and `score`
.npz                        `keys` and `scores`; or `scores`, `index` and the
                            `fingerprint` of the data whose order it counts in
.npy                        numbers, their keys in a .txt beside it
"""

import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import lists
from prune_dm_jax.data.lists import by_key
from prune_dm_jax.data.lists import list_columns
from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.lists import names

SCORE = ('score', 'scores')


def read(path, source, wanted, *, root=''):
  """[n] float64, the score of each example that is wanted.

  Args:
    path: One of READERS.
    source: The data.
    wanted: [n] indices.
    root: Where the data is, if that may stand before a key.

  Raises:
    ValueError: The file, and what of it is missing, twice or no number.
  """
  path = pathlib.Path(path)
  columns = READERS[path.suffix.lower()](path)
  if 'key' in columns:
    lists.check_names(columns['key'], path)
    row = by_key.rows(
      columns['key'], path, source, wanted, of='score', root=root
    )
  else:
    row = in_order(columns, path, source, wanted)
  values = columns['score']
  found = numbers([values[i] for i in row], row, path)
  check_finite(found, path, source, wanted)
  return found


def numbers(values, row, path):
  """[n] float64; NaN, where nothing is said."""
  found = np.empty(len(values))
  for i, value in enumerate(values):
    text = isinstance(value, str)
    empty = value is None or text and not value.strip()
    try:
      if isinstance(value, bool) or text and '_' in value:
        raise ValueError('Python reads these as numbers')
      found[i] = np.nan if empty else float(value)
    except (ValueError, TypeError, OverflowError) as error:
      raise ValueError(
        f'{path}: its row {row[i] + 1} has the score {str(value)[:40]!r}, which '
        'is no number; write it as 0.5 or 1e-3'
      ) from error
  return found


def check_finite(found, path, source, wanted):
  """Raises ValueError that counts the scores that are not, and names the first."""
  bad = ~np.isfinite(found)
  if bad.any():
    first = np.argmax(bad)
    raise ValueError(
      f'{path}: the scores of {bad.sum():,} of {len(wanted):,} pictures are not '
      f'finite, first that of {names.shown(source.keys[wanted[first]])}, '
      f'{found[first]}; give each a number'
    )


def in_order(columns, path, source, wanted):
  """[n] the row of each example, of columns without keys."""
  made_on = lists.fingerprint(columns, path)
  if not made_on or not lists.is_of(made_on, source):
    why = f'is of other data ({made_on})' if made_on else 'is not there'
    raise ValueError(
      f'{path}: it has no keys, and the `fingerprint` of the data that its order '
      f'is of {why}; give a column `key`, or the fingerprint of this data, '
      f'{source.fingerprint}'
    )
  size = len(columns['score'])
  index = lists.integers(columns.get('index', np.arange(size)), path)
  if len({*index.tolist()} & {*wanted.tolist()}) < len(wanted):
    without = wanted[~np.isin(wanted, index)]
    raise ValueError(
      f'{path}: no score of {len(without):,} of {len(wanted):,} pictures, first '
      f'{names.shown(source.keys[without[0]])}, index {without[0]}'
    )
  inside = (index >= 0) & (index < len(source))
  at = np.where(inside, index, -1)
  return by_key.once([str(i) for i in index], at, path, source, wanted)


def meant(columns, path):
  """What is meant -> the name of its column: key or index, score, fingerprint."""
  spelled = {name: str(name).strip().casefold() for name in columns}
  own = [name for name in columns if spelled[name] in SCORE]
  rest = [
    name
    for name in columns
    if list_columns.MEANING.get(
      spelled[name].replace(' ', '_').replace('-', '_')
    )
    in ('key', 'index', 'fingerprint')
  ]
  shown = [str(name)[:40] for name in columns][:12]
  if len(own) != 1:
    many = f'columns `{own[0]}` and `{own[1]}`' if own else 'no column `score`'
    raise ValueError(
      f'{path}: {many} among {shown}; call the one that is meant `score`'
    )
  if not rest:
    raise ValueError(f'{path}: no column `key` or `index` among {shown}')
  return list_columns.meant(rest, path) | {'score': own[0]}


def table(path):
  return list_files.table(path, meant)


def json_lines(path):
  """An object a line, each with the same names."""
  found = []
  for number, line in enumerate(list_files.text_of(path).split('\n'), 1):
    if line.strip():
      try:
        found.append(json.loads(line))
      except (ValueError, RecursionError) as error:
        raise ValueError(f'{path}: its line {number} is not JSON') from error
      if not isinstance(found[-1], dict) or found[-1].keys() != found[0].keys():
        raise ValueError(
          f'{path}: its line {number} is {line.strip()[:60]}; each must be an '
          'object with the same names, as {"key": ..., "score": ...}'
        )
  wanted = meant(found[0] if found else (), path)
  return {what: [o[name] for o in found] for what, name in wanted.items()}


def parquet(path):
  try:
    file = pq.ParquetFile(path)
    wanted = meant(file.schema_arrow.names, path)
    rows = file.read(columns=[*wanted.values()])
    found = {what: rows[name].to_pylist() for what, name in wanted.items()}
  except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
    raise ValueError(f'{path}: not a Parquet file, or a torn one') from error
  made_on = (file.schema_arrow.metadata or {}).get(b'fingerprint')
  return found | ({'fingerprint': [made_on.decode()]} if made_on else {})


def npz(path):
  """Its scores, and keys, or a fingerprint and perhaps an index."""
  file = list_files.unpickled(path, lambda: np.load(path, allow_pickle=False))
  if not isinstance(file, np.lib.npyio.NpzFile):
    raise ValueError(f'{path}: not an .npz; call it .npy, its keys in a .txt')
  with file:
    own = [name for name in file.files if name in SCORE]
    if len(own) != 1:
      raise ValueError(f'{path}: no `scores` among {file.files[:12]}')
    take = lambda name: list_files.unpickled(path, lambda: file[name])
    score = flat(take(own[0]), path)
    if {*by_key.IN_NPZ} & {*file.files}:
      return {'key': by_key.of_npz(file, path, len(score)), 'score': score}
    others = {name: take(name) for name in file.files if name not in own}
    found = {'score': score}
    if 'index' in others:
      found['index'] = whole(others['index'], len(score), path)
    if 'fingerprint' in others:
      found['fingerprint'] = np.atleast_1d(others['fingerprint']).tolist()
    return found


def whole(index, size, path):
  """[R] integers, one for each score."""
  if index.dtype.kind not in 'iu' or index.shape != (size,):
    raise ValueError(
      f'{path}: wanted {size:,} integers as `index`, got {index.dtype} of shape '
      f'{index.shape}'
    )
  return index.astype(np.int64)


def npy(path):
  load = lambda: list_files.loaded(path)
  score = flat(list_files.unpickled(path, load), path)
  return {'key': by_key.of_array(path, len(score)), 'score': score}


def flat(array, path):
  """A list of [R] numbers."""
  if array.ndim != 1 or array.dtype.kind not in 'fiu':
    raise ValueError(
      f'{path}: wanted a number for each picture, got {array.dtype} of shape '
      f'{array.shape}'
    )
  return array.tolist()


READERS = {
  '.csv': table, '.tsv': table, '.parquet': parquet, '.jsonl': json_lines,
  '.npy': npy, '.npz': npz,
}  # fmt: skip
"""suffix -> (path -> columns)."""
