"""A list in Parquet: the columns that are wanted, and no others."""

import contextlib

import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data.lists import list_columns

FLAGS = (
  pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating,
  pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary,
)  # fmt: skip


def read(path):
  """column -> its rows, of a Parquet file that is there.

  Raises:
    ValueError: It is torn, or says nothing that a list says.
  """
  try:
    file = pq.ParquetFile(path)
    schema = file.schema_arrow
    wanted = list_columns.meant(schema.names, path)
    nested = [name for name in wanted.values() if is_nested(schema, name)]
    rows = None if nested else file.read(columns=[*wanted.values()])
    plain = [f.name for f in schema if any(is_so(f.type) for is_so in FLAGS)]
    others = list_columns.others(plain, wanted)
    flags = {name: few(file, name) for name in others}
  except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
    raise ValueError(f'{path}: not a Parquet file, or a torn one') from error
  if nested:
    raise ValueError(
      f'{path}: its column `{nested[0]}` is of {schema.field(nested[0]).type}, '
      'which are no names'
    )
  found = {what: values(rows[name], path) for what, name in wanted.items()}
  if any(len(column) != file.metadata.num_rows for column in found.values()):
    raise ValueError(
      f'{path}: a damaged Parquet file: its columns are not as long as it says'
    )
  list_columns.check_flags(found, flags, path)
  made_on = (schema.metadata or {}).get(b'fingerprint')
  return found | ({'fingerprint': [made_on.decode()]} if made_on else {})


def values(column, path):
  try:
    return column.to_pylist()
  except UnicodeDecodeError as error:
    raise ValueError(
      f'{path}: its names are not in UTF-8: {error.object[:40]!r}'
    ) from error


def few(file, name):
  """Values of a column, of which no more are read than can be flags."""
  found = set()
  with contextlib.suppress(UnicodeDecodeError):  # Those are no flags.
    for batch in file.iter_batches(columns=[name]):
      found.update(batch.column(0).unique().to_pylist())
      if len(found) > list_columns.ENOUGH:
        break
  return found


def is_nested(schema, name):
  kind = schema.field(name).type
  return pa.types.is_nested(kind) or pa.types.is_binary(kind)
