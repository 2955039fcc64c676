"""Pictures that TensorFlow Datasets prepared as ArrayRecord, read without
TensorFlow.

Names and labels are inside the records, so that opening reads each record once.
"""

import functools
import pathlib
from typing import NamedTuple

NAMES = ('file_name', 'image/filename', 'filename')
"""Features that name a picture, of imagenet2012, celeb_a_hq and others."""


class Record(NamedTuple):
  folder: str
  split: str
  record: int


def folder(path):
  """Where dataset_info.json is: here, or below in <config>/<version>."""
  for pattern in ('', '*/', '*/*/'):
    found = sorted(pathlib.Path(path).glob(f'{pattern}dataset_info.json'))
    if found:
      return found[-1].parent
  return None


@functools.cache
def builder(folder):
  import tensorflow_datasets as tfds

  found = tfds.builder_from_directory(folder)
  if found.info.file_format.value != 'array_record':
    raise ValueError(
      f'{folder}: prepared as {found.info.file_format.value}, which only '
      "TensorFlow reads; prepare it with file_format='array_record'"
    )
  return found


@functools.cache
def records(folder, split):
  import tensorflow_datasets as tfds

  as_stored = {'image': tfds.decode.SkipDecoding()}
  return builder(folder).as_data_source(split, decoders=as_stored)


def walk(folder):
  """[(split, name, label, Record, size)] of each picture; and name -> why."""
  found, bad = [], {}
  for split in builder(str(folder)).info.splits:
    for i in range(builder(str(folder)).info.splits[split].num_examples):
      where = Record(str(folder), split, i)
      try:
        record = stored(where)
      except ValueError as error:
        bad[f'{split}/{i:07d}'] = str(error)
        continue
      named = [record[n].decode() for n in NAMES if n in record]
      name = named[0] if named else f'{i:07d}'
      label = record.get('label', -1)
      found.append((split, name, label, where, len(record['image'])))
  return found, bad


def stored(where):
  """The features of a record, its picture as the bytes of a file."""
  try:
    return records(where.folder, where.split)[where.record]
  except RuntimeError as error:
    raise ValueError('damaged in its ArrayRecord') from error


def class_names(folder):
  """What the labels are called, or ()."""
  features = dict(builder(str(folder)).info.features)
  return tuple(getattr(features.get('label'), 'names', ()))


def read(where):
  return stored(where)['image']
