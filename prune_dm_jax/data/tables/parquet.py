"""Pictures in Parquet: a column of them, as Hugging Face writes or otherwise.

  train-00000-of-00294.parquet   validation-00000-of-00014.parquet   ...

Labels and names are read at once, a picture with the group of rows that it is
stored in; a group is kept until another is asked for, so that reading in order
reads each once.
"""

import functools

import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data.tables import columns
from prune_dm_jax.data.tables import table_files
from prune_dm_jax.data.tables import table_rows

LFS = b'version https://git-lfs'
MOST_BYTES = 2**32
"""In a group of rows, of which two are kept."""

PAGE = 2**16

SUFFIX = '.parquet'
number = table_rows.number


def splits(path):
  return table_files.splits(path, SUFFIX)


def schema(file):
  return opened(file).schema_arrow


def first(file, column, number):
  """The first values of a column."""
  some = pq.ParquetFile(file, buffer_size=PAGE)
  rows = next(some.iter_batches(number, columns=[column]), None)
  return columns.bare(rows[column]).to_pylist() if rows else []


def groups(file, wanted):
  """A Table of each group of rows: names of pictures, and labels."""
  parquet = opened(file)
  image, *labels = wanted
  leaves = [parquet.schema.column(i).path for i in range(len(parquet.schema))]
  check_key(parquet, file, leaf(parquet, image))
  within = parquet.metadata
  at = leaves.index(leaf(parquet, image))
  parts = [within.row_group(g).column(at) for g in range(within.num_row_groups)]
  check_sizes(parts, file)
  if no_bytes(parts, within.num_rows):
    raise ValueError(
      f'{file}: its column {image!r} holds no pictures: no bytes'
    )
  names = [f'{image}.path'] * (f'{image}.path' in leaves)
  for group in range(parquet.num_row_groups):
    if names + labels:
      yield group_read(parquet, file, group, names + labels)
    else:
      total = parquet.metadata.row_group(group).num_rows
      yield pa.table({image: pa.nulls(total)})


def check_sizes(parts, file):
  """Raises ValueError if a group of rows is too large to be in memory."""
  sizes = [part.total_uncompressed_size for part in parts]
  if max(sizes, default=0) > MOST_BYTES:
    raise ValueError(
      f'{file}: a group of its rows holds {max(sizes) / 1e9:.3g} GB of '
      'pictures, which are in memory together; write it with a smaller '
      'row_group_size'
    )


def check_key(parquet, file, column):
  """Raises ValueError if a column is encrypted: to look at it would abort."""
  within = parquet.metadata
  groups = [0] if parquet.num_row_groups else []
  try:
    some = pq.ParquetFile(file, metadata=within, buffer_size=PAGE)
    next(some.iter_batches(1, row_groups=groups, columns=[column]), None)
  except table_rows.WRONG as error:
    if 'crypt' in str(error):
      raise ValueError(f'{file}: an encrypted Parquet file') from error


def leaf(parquet, image):
  """Where the bytes of a picture are in a file."""
  kind = columns.plain(parquet.schema_arrow.field(image).type)
  return f'{image}.bytes' if columns.IS.is_struct(kind) else image


def no_bytes(parts, total):
  """Whether the file says that all of a column is null."""
  nulls = [p.statistics.null_count if p.is_stats_set else None for p in parts]
  return bool(total) and None not in nulls and sum(nulls) == total


def group_read(parquet, file, group, wanted):
  try:
    return whole_group(parquet, group, wanted)
  except table_rows.WRONG as error:
    why = 'encrypted' if 'crypt' in str(error) else 'damaged'
    raise ValueError(f'{file}: its group {group} of rows is {why}') from error


def whole_group(parquet, group, wanted):
  """A Table of a group of rows, of which none is missing."""
  table = parquet.read_row_group(group, wanted)
  if table.num_rows != parquet.metadata.row_group(group).num_rows:
    raise pa.ArrowInvalid('some of its rows are missing')
  return table


def opened(file):
  try:
    return pq.ParquetFile(file)
  except table_rows.WRONG as error:
    raise ValueError(f'{file}: {why_closed(file)}') from error


def why_closed(file):
  """Why a file is not opened as Parquet."""
  with open(file, 'rb') as start:
    first = start.read(len(LFS))
  if first == LFS:
    return 'a pointer of Git LFS; `git lfs pull` brings the file'
  if first[:4] == b'PARE':
    return 'an encrypted Parquet file'
  return 'not a Parquet file, or a torn one'


def read(where):
  try:
    stamp = table_rows.stamp(where.file)
    group = group_of(where.file, where.image, where.group, stamp)
    return table_rows.picture(group[where.row])
  except table_rows.WRONG as error:
    raise ValueError(
      f'damaged in its Parquet file: {table_rows.said(error)}'
    ) from error


@functools.lru_cache(maxsize=2)
def group_of(file, image, group, stamp):
  del stamp
  parquet = pq.ParquetFile(file)
  return whole_group(parquet, group, [leaf(parquet, image)])[image]


found, rows = table_rows.readers(schema, groups)
