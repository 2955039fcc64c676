"""Pictures in Hugging Face's Parquet: columns image {bytes, path} and label.

  train-00000-of-00294.parquet   validation-00000-of-00014.parquet   ...

Labels and names are read at once, a picture with the group of rows that it is
stored in; a group is kept until another is asked for, so that reading in order
reads each once.
"""

import functools
import json
import os
import pathlib
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq


class Row(NamedTuple):
  file: str
  group: int
  row: int
  """Within the group."""


def files(path):
  """split -> [files], of a folder or of a data/ or default/ inside it."""
  found = {}
  for folder in (path, path / 'data', path / 'default'):
    for file in sorted(folder.glob('*.parquet')):
      split = file.name.split('-')[0].removesuffix('.parquet')
      found.setdefault(split, []).append(file)
  return found


def walk(path):
  """[(split, name, label, Row, size of the file)] of each picture; {}."""
  found = []
  for split, those in files(pathlib.Path(path)).items():
    for file in those:
      found += [(split, *row) for row in rows(file)]
  return found, {}


def rows(file):
  """(name, label, Row, size of the file) of each row."""
  parquet, size = opened(file), os.path.getsize(file)
  columns = parquet.schema_arrow.names
  if 'image' not in columns:
    raise ValueError(f'{file}: no column `image` among {columns}')
  wanted = ['image.path', *(['label'] if 'label' in columns else [])]
  for group in range(parquet.num_row_groups):
    table = group_read(parquet, file, group, wanted)
    names = table['image'].to_pylist()
    blank = [-1] * len(names)
    labels = table['label'].to_pylist() if len(wanted) == 2 else blank
    for row, (name, label) in enumerate(zip(names, labels, strict=True)):
      where = Row(str(file), group, row)
      name = (name or {}).get('path') or f'{file.stem}-{group:05d}-{row:05d}'
      yield name, -1 if label is None else label, where, size


def group_read(parquet, file, group, columns):
  try:
    return parquet.read_row_group(group, columns)
  except (pa.ArrowException, OSError) as error:
    raise ValueError(f'{file}: its group {group} of rows is damaged') from error


def opened(file):
  try:
    return pq.ParquetFile(file)
  except (pa.ArrowInvalid, OSError) as error:
    raise ValueError(f'{file}: not a Parquet file, or a torn one') from error


def class_names(path):
  """What the files say that labels are called, or ()."""
  for those in files(pathlib.Path(path)).values():
    facts = (opened(those[0]).schema_arrow.metadata or {}).get(b'huggingface')
    if facts:
      features = json.loads(facts).get('info', {}).get('features', {})
      return tuple(features.get('label', {}).get('names', ()))
  return ()


def read(where):
  try:
    return group_of(where.file, where.group)[where.row].as_py()
  except pa.ArrowException as error:
    raise ValueError('damaged in its Parquet file') from error


@functools.lru_cache(maxsize=2)
def group_of(file, group):
  table = pq.ParquetFile(file).read_row_group(group, ['image.bytes'])
  return table['image'].combine_chunks().field('bytes')
