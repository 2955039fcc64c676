"""The rows of a table that lies in several files, which have to agree.

A row is (split, name, label, where, size): its name is '' where the table has
none, its label as it stands in the table, size that of the file.
"""

import itertools
import os
from typing import NamedTuple

import pyarrow as pa

from prune_dm_jax.data.tables import classes
from prune_dm_jax.data.tables import columns


class Found(NamedTuple):
  rows: list
  bad: dict[tuple[str, str], str]
  """(split, name) -> why."""
  names: tuple[str, ...]
  """What the table says that classes are called, or ()."""
  said: tuple[str, ...]
  """What its user is to be told of it."""


class Row(NamedTuple):
  file: str
  image: str
  """The column."""
  group: int
  row: int
  """Within the group."""


WRONG = (pa.ArrowException, OSError)
"""What Arrow raises of files that are torn."""


def readers(schema, groups):
  """found(path, splits) -> Found and rows(path, splits), of tables in files.

  Args:
    schema: file -> its Arrow schema.
    groups: file, [columns] -> Tables of these columns; the path of a picture is
      the one thing that is taken of its column.

  Returns:
    Two functions of a path, which they need not know, and of split -> [files].
  """

  def found(path, splits):
    del path
    return gather(splits, schema, groups)

  def rows(path, splits):
    del path
    return of_files(splits, columns_of(splits, schema), groups)

  return found, rows


def gather(splits, schema, groups):
  """The Found of split -> [files]; see `readers`."""
  of = columns_of(splits, schema)
  names = [found.names for found in of.values() if found.names]
  rows = list(of_files(splits, of, groups))
  return Found(rows, {}, names[0] if names else (), told_of(of.values()))


def columns_of(splits, schema):
  """file -> its Columns, of all files, which agree."""
  files = itertools.chain.from_iterable(splits.values())
  of = {file: in_unicode(file, columns_of_one, schema) for file in files}
  agree(of)
  for those in splits.values():
    labelled = {bool(of[file].label): file for file in those}
    if len(labelled) > 1:
      raise ValueError(
        f'{labelled[False]}: it has no column of classes, but '
        f'{labelled[True]} of the same split has one'
      )
  return of


def columns_of_one(file, schema):
  return columns.of_schema(schema(file), file)


def in_unicode(file, read, *given):
  """read(file, ...), of whose texts some may be in another encoding."""
  try:
    return read(file, *given)
  except UnicodeDecodeError as error:
    raise ValueError(
      f'{file}: a column, a name or a class in it is not in UTF-8: '
      f'{error.object[:40]!r}'
    ) from error


def of_files(splits, of, groups):
  """The rows of all files, in order."""
  for split, files in splits.items():
    for file in files:
      for row in of_file(file, of[file], groups):
        yield split, *row


def of_file(file, found, groups):
  """(name, label, Row, size) of each row."""
  size, file = os.path.getsize(file), str(file)
  wanted = [found.image] + ([found.label] if found.label else [])
  for group, table in enumerate(groups(file, wanted)):
    rows = in_unicode(file, of_group, found, table)
    for row, (name, label) in enumerate(rows):
      yield name, label, Row(file, found.image, group, row), size


def of_group(file, found, table):
  """[(name, label)] of each row."""
  labels = names = [None] * table.num_rows
  if found.path:
    names = [(n or {}).get('path') for n in table[found.image].to_pylist()]
  if found.label:
    labels = classes.values(table[found.label], file, found.label)
  return [(n or '', label) for n, label in zip(names, labels, strict=True)]


def agree(of):
  """Raises ValueError if two files mean different columns or classes."""
  for what in ('image', 'label', 'kind', 'names'):
    seen = {}
    for file, found in of.items():
      value = getattr(found, what)
      if value and (what, value) != ('kind', 'none'):
        seen.setdefault(value, file)
    if len(seen) > 1:
      (one, first), (other, second) = list(seen.items())[:2]
      raise ValueError(
        f'{second}: {SAID[what]} {shown(other)}, but {shown(one)} in {first}; '
        'the files of one set have to agree'
      )


SAID = {
  'image': 'its pictures are in the column',
  'label': 'its classes are in the column',
  'kind': 'its classes are of the kind',
  'names': 'its classes are called',
}


def shown(value):
  return columns.listed(value if isinstance(value, tuple) else [value])


def told_of(of):
  """What is not as its user may think."""
  images = {found.image for found in of} - {'image'}
  labels = {found.label for found in of} - {'label', ''}
  told = [f'pictures of {name!r}' for name in images]
  told += [f'classes of {name!r}' for name in labels]
  doubts = sorted({found.doubt for found in of if found.doubt})
  if doubts and not any(found.label for found in of):
    told.append(f'no classes: {doubts[0]}')
  return tuple(told)


def number(where):
  """The name of a row that has no other."""
  stem = os.path.splitext(os.path.basename(where.file))[0]
  return f'{stem}-{where.group:05d}-{where.row:05d}'


def stamp(file):
  """What changes when a file does, for what is kept of it."""
  status = os.stat(file)
  return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def said(error):
  """The first words of an error of Arrow."""
  return ' '.join(str(error).split())[:60]


def picture(scalar):
  """The bytes of a picture's file, of a value of its column."""
  while scalar.is_valid and columns.plain(scalar.type) != scalar.type:
    scalar = scalar.value
  if scalar.is_valid and columns.IS.is_struct(scalar.type):
    scalar = scalar['bytes']
  value = scalar.as_py()
  if value is None:
    raise ValueError('there is no picture in its row')
  return value
