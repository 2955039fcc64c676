"""Labels from a file beside the pictures, where the layout has one.

  dataset.json     {"labels": [["00000/img00000000.png", 3], ...]}   StyleGAN, EDM
  metadata.jsonl   {"file_name": "1.png", "label": "cat"}            Hugging Face
  metadata.csv     file_name,label                  with commas, ; or tabs
  metadata.parquet the same columns

Names are relative to the file's own folder. dataset.json has the last word: if
its labels are null, there are no classes. metadata.* has labels if one of its
columns is called so; else it is about something else, and the folders decide:
as of dataset.json where no row names a picture, and of boxes, several a picture.
"""

import codecs
import io
import posixpath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import json_text
from prune_dm_jax.data.labels import csv_rows
from prune_dm_jax.data.labels import label_kinds
from prune_dm_jax.data.walks import file_names

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

NAME = ('file_name', 'image_file_name', 'filename')
"""Columns of names, the first that is there."""

LABEL = (
  'label', 'labels', 'class', 'class_name', 'class_label', 'class_id',
  'category', 'target',
)  # fmt: skip
"""Columns of labels, the first that is there."""

SPLIT = ('split', 'subset', 'partition', 'fold')
"""Columns of splits, which folders say."""

BOXES = ('xmin', 'x_min', 'bbox')
"""Columns of objects in pictures, of which any is in such a table."""


class Table(NamedTuple):
  """What one file says."""

  labels: dict
  """Name of a picture -> int, str, or None for no class."""
  final: bool
  """Whether there are no classes where it gives none."""
  words: str
  """What was taken from it, or why nothing was."""
  twice: frozenset = frozenset()
  """Names to which it gives two labels."""


def read(file, data):
  """The Table of a file's bytes.

  Args:
    file: Its name within the set.
    data: Its bytes.

  Raises:
    ValueError: What is wrong, in which file and line.
  """
  data = data if file.endswith('.parquet') else in_lines(file, data)
  return READERS[posixpath.basename(file)](file, data)


def in_lines(file, data):
  """Bytes in UTF-8 with line feeds, of what Excel or an old Mac has written."""
  try:
    data = data.decode('utf-16').encode() if data[:2] in UTF_16 else data
  except UnicodeDecodeError as error:
    raise ValueError(f'{file}: torn, or not in UTF-16 as it begins') from error
  return data if b'\n' in data else data.replace(b'\r', b'\n')


def of_dataset_json(file, data):
  found = json_text.parsed(text(file, data), file)
  if not isinstance(found, dict) or 'labels' not in found:
    return Table({}, False, f'{file} not used: no key `labels`')
  rows = found['labels']
  if rows is None:
    return Table({}, True, f'{file} gives no labels')
  rows = [*rows.items()] if isinstance(rows, dict) else rows
  if not isinstance(rows, list):
    raise ValueError(
      f'{file}: its labels are {json_text.short(rows)}, which is no list'
    )
  wrong = next((row for row in rows if not is_pair(row)), None)
  if not rows or (wrong is not None and not any(map(names_one, rows))):
    return Table({}, False, f'{file} not used: its labels name no pictures')
  if wrong is not None:
    raise ValueError(
      f'{file}: {json_text.short(wrong)} among its labels is not [file name, label]'
    )
  return table(file, rows, f'labels of {file}', final=True)


def is_pair(row):
  return isinstance(row, (list, tuple)) and len(row) == 2 and is_name(row[0])


def names_one(row):
  """Whether a picture is named in a row, by its suffix."""
  values = row.values() if isinstance(row, dict) else row
  values = values if isinstance(row, (dict, list, tuple)) else [row]
  texts = (value.lower() for value in values if isinstance(value, str))
  return any(text.endswith(file_names.SUFFIXES) for text in texts)


def is_name(value):
  return isinstance(value, str) and bool(value.strip())


def of_jsonl(file, data):
  rows, columns = [], set()
  for number, line in enumerate(text(file, data).split('\n'), 1):
    if line.strip():
      row = json_text.parsed(line, file, number)
      if not isinstance(row, dict):
        raise ValueError(
          f'{file}: line {number} is {json_text.short(row)}, not an object'
        )
      row = {csv_rows.plain(k): v for k, v in row.items()}
      columns |= row.keys()
      rows.append((number, wanted(row)))
  return of_columns(file, columns, rows)


def of_parquet(file, data):
  try:
    parquet = pq.ParquetFile(io.BytesIO(data))
    names = {name: csv_rows.plain(name) for name in parquet.schema_arrow.names}
    there = [name for name in names if names[name] in (*NAME, *LABEL)]
    rows = parquet.read(columns=there).to_pylist()
  except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
    raise ValueError(f'{file}: not a Parquet file, or a torn one') from error
  rows = [{names[k]: v for k, v in row.items()} for row in rows]
  return of_columns(file, {*names.values()}, [*enumerate(rows, 1)])


def of_csv(file, data, named=NAME, labels=LABEL):
  """The Table of a .csv whose names are in one of the columns `named`."""
  fields, comma = csv_rows.head(data)
  if not ({*fields} & {*named} and {*fields} & {*labels}):
    return of_columns(file, fields, [], named, labels)
  rows = []
  for line, row in csv_rows.fields_of(file, text(file, data), comma):
    if not rows:
      columns = [*map(csv_rows.plain, row)]
    if len(row) != len(columns):
      raise ValueError(
        f'{file}: line {line} has {len(row)} fields, its first line '
        f'{len(columns)}'
      )
    rows.append(
      (line, wanted(dict(zip(columns, row, strict=True)), named, labels))
    )
  return of_columns(file, columns, rows[1:], named, labels)


def wanted(row, named=NAME, labels=LABEL):
  """A row's columns that may be of use: all others would fill the memory."""
  return {key: row[key] for key in (*named, *labels) if key in row}


def of_columns(file, columns, rows, named=NAME, labels=LABEL):
  """The Table of (line, column -> value) rows."""
  name = next((key for key in named if key in columns), '')
  label = next((key for key in labels if key in columns), '')
  if not name or not label:
    missing = 'label' if name else named[0]
    return Table({}, False, f'{file} not used: no column `{missing}`')
  for line, row in rows:
    if not is_name(row.get(name)):
      raise ValueError(f'{file}: line {line} has no `{name}`')
  pairs = [(row[name], row.get(label)) for _, row in rows]
  words = f'labels of {file}, column {label}'
  unused = [f'its column {key} is not used' for key in SPLIT if key in columns]
  found = table(file, pairs, ', '.join([words, *unused]), final=False)
  box = next((key for key in BOXES if key in columns), '')
  if found.twice and box:
    why = f'its column {box} is of objects, of two classes in a picture'
    return Table({}, False, f'{file} not used: {why}')
  return found


def table(file, rows, words, *, final):
  """The Table of (name, label) pairs, whose labels become int or str."""
  folder = posixpath.dirname(file)
  classes, why = label_kinds.classes([label for _, label in rows])
  if why:
    return Table({}, final, f'{file}: {why}, so they are no classes')
  if all(label is None for label in classes):
    return Table({}, final, f'{file} gives no labels')
  labels, twice = {}, set()
  for (name, _), label in zip(rows, classes, strict=True):
    name = posixpath.normpath(posixpath.join(folder, name.replace('\\', '/')))
    if labels.setdefault(name, label) != label:
      twice.add(name)
  if len(twice) > len(labels) / 2:
    why = f'{len(twice):,} of its {len(labels):,} pictures are in two classes'
    return Table({}, final, f'{file}: {why}, so they are no classes')
  return Table(labels, final, words, frozenset(twice))


def text(file, data):
  """The text of a file in UTF-8, less a mark at its beginning."""
  try:
    return data.decode('utf-8-sig')
  except UnicodeDecodeError as error:
    line = data[: error.start].count(b'\n') + 1
    raise ValueError(f'{file}: line {line} is not in UTF-8') from error


READERS = {
  'dataset.json': of_dataset_json,
  'metadata.jsonl': of_jsonl,
  'metadata.csv': of_csv,
  'metadata.parquet': of_parquet,
}
"""Name of a file -> (its name in the set, its bytes) -> Table."""
