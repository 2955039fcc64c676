"""Pictures that TensorFlow Datasets prepared as ArrayRecord, read without
TensorFlow.

Names and labels are inside the records, so that opening reads each record once.
"""

import functools
import os
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data.tables import classes
from prune_dm_jax.data.tables import table_rows
from prune_dm_jax.data.tables import tfds_set

folder = tfds_set.folder

MOST_NAMES = 2**20
"""Of classes; TFDS makes them up where it has none, of the largest id alone."""


class Record(NamedTuple):
  folder: str
  split: str
  record: int


def splits(path):
  """split -> what holds it."""
  there = folder(path)
  return (
    dict.fromkeys(tfds_set.builder(str(there)).info.splits, there)
    if there
    else {}
  )


@functools.cache
def records(folder, split):
  """The records of a split as bytes, and what reads the chosen features."""
  import tensorflow_datasets as tfds

  raw = tfds.decode.DeserializeMethod.RAW_BYTES
  of, info = tfds_set.chosen(folder), tfds_set.builder(folder).info
  wanted = {name for name in (of.image, of.label, of.name) if name}
  there = dict(info.features)
  features = tfds.features.FeaturesDict({name: there[name] for name in wanted})
  absent = [p for p in info.splits[split].filepaths if not os.path.exists(p)]
  if absent:
    raise ValueError(
      f'{folder}: {os.path.basename(absent[0])} of {split!r} is not there'
    )
  source = tfds_set.builder(folder).as_data_source(
    split, deserialize_method=raw
  )
  as_stored = {of.image: tfds.decode.SkipDecoding()}
  parse = functools.partial(features.deserialize_example_np, decoders=as_stored)
  return source, parse


def walk(folder):
  """[(split, name, label, Record, size)] of each picture; and name -> why."""
  of = found(folder, splits(folder))
  rows = [(s, name or number(w), c, w, n) for s, name, c, w, n in of.rows]
  return rows, {f'{s}/{name}': why for (s, name), why in of.bad.items()}


def found(path, splits):
  """The Found of these splits."""
  there, bad = str(folder(path)), {}
  of = tfds_set.chosen(there)
  names = class_names(there, of.label)
  return table_rows.Found(
    list(rows(path, splits, bad)), bad, tuple(names), tuple(told(of))
  )


def class_names(there, label):
  """What TFDS says that classes are called; () if only how many there are."""
  feature = dict(tfds_set.builder(there).info.features).get(label)
  number = getattr(feature, 'num_classes', 0) or 0
  return feature.names if 0 < number <= MOST_NAMES else ()


def rows(path, splits, bad=None):
  """Yields the rows of these splits; what is damaged is put into `bad`."""
  there, bad = str(folder(path)), {} if bad is None else bad
  of = tfds_set.chosen(there)
  for split in splits:
    records(there, split)  # All its files are there.
    for i in range(tfds_set.builder(there).info.splits[split].num_examples):
      where = Record(there, split, i)
      try:
        record = stored(where)
      except ValueError as error:
        bad[split, number(where)] = str(error)
        continue
      name = as_text(record[of.name]) if of.name else ''
      label = class_of(record[of.label], where, of) if of.label else None
      yield split, name, label, where, len(record[of.image])


def told(of):
  said = [] if of.image == 'image' else [f'pictures of {of.image!r}']
  said += [f'classes of {of.label!r}'] if of.label not in ('', 'label') else []
  return (*said, *([f'no classes: {of.doubt}'] if of.doubt else []))


def class_of(value, where, of):
  """A label as the int, bool or str that it is."""
  value = value.item() if isinstance(value, np.generic) else value
  if isinstance(value, bytes):
    return as_text(value)
  if isinstance(value, float):
    return classes.whole(value, f'{where.folder}: {where.split}', of.label)
  return value


def as_text(value):
  return value.decode('utf-8', 'backslashreplace')


def number(where):
  """The name of a record that has no other."""
  return f'{where.record:07d}'


def stored(where):
  """The features of a record, its picture as the bytes of a file."""
  source, parse = records(where.folder, where.split)
  try:
    return parse(source.data_source[where.record])
  except Exception as error:  # What parses bytes raises anything.
    raise ValueError('damaged in its ArrayRecord') from error


def read(where):
  return stored(where)[tfds_set.chosen(where.folder).image]
