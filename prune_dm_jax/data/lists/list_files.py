"""Files that may hold a list, read as columns: see list_columns."""

import contextlib
import csv
import io
import tokenize
import zipfile
import zlib

import numpy as np
from absl import logging

from prune_dm_jax.data import json_text
from prune_dm_jax.data.lists import list_columns
from prune_dm_jax.data.lists import list_parquet

TORN = (
  ValueError, EOFError, OSError, RuntimeError, TypeError, MemoryError,
  tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What NumPy raises of files that are torn."""

LAST = 0x10FFFF
"""Of the characters of Unicode; NumPy takes any number for one."""


def read(path):
  """column -> its rows, of a file that is there.

  Raises:
    ValueError: It is no such file, or says nothing that a list says.
  """
  suffix = path.suffix.lower()
  if suffix not in READERS:
    raise ValueError(f'{path}: a list is one of {", ".join(READERS)}')
  if not path.is_file():
    raise ValueError(f'{path}: there is no such file')
  found = READERS[suffix](path)
  sizes = {name: len(v) for name, v in found.items() if name != 'fingerprint'}
  if len(set(sizes.values())) > 1:
    raise ValueError(f'{path}: its columns differ in length: {sizes}')
  return found


def arrays(path):
  """An .npy or .npz, whichever the bytes say that it is."""
  found = unpickled(path, lambda: checked(loaded(path)))
  if isinstance(found, np.ndarray):
    return list_columns.unnamed(found, path)
  with found:
    return of_npz(found, path)


def unpickled(path, load):
  """load(), where a file that is torn or has objects in it is a sentence."""
  try:
    return load()
  except TORN as error:
    raise ValueError(
      f'{path}: not an {path.suffix.lower()} file of numbers or names that can '
      'be read without pickle'
    ) from error


def loaded(path):
  """What np.load finds, if there is nothing after an array."""
  found = np.load(path, allow_pickle=False)
  if isinstance(found, np.ndarray):
    with path.open('rb') as file:
      np.load(file, allow_pickle=False)
      if file.read(1):
        raise ValueError('more than its header says')
  return found


def checked(found):
  """The same, if what is text in it are characters."""
  if isinstance(found, np.ndarray) and found.dtype.kind == 'U':
    order = found.dtype.byteorder
    if np.frombuffer(found.tobytes(), f'{order}u4').max(initial=0) > LAST:
      raise ValueError('beyond Unicode')
  return found


def of_npz(file, path):
  """Its one array, or those that have the names of columns."""
  take = lambda name: unpickled(
    path, lambda: np.atleast_1d(checked(file[name]))
  )
  names = file.files
  others = [name for name in names if name != 'fingerprint']
  if len(others) == 1:
    list_columns.check_alone(others[0], path)
    found = list_columns.unnamed(take(others[0]), path)
    if 'fingerprint' in names:
      found['fingerprint'] = take('fingerprint')
  else:
    wanted = list_columns.meant(names, path)
    found = {what: take(name).tolist() for what, name in wanted.items()}
    rest = list_columns.others(names, wanted)
    list_columns.check_flags(found, flags(file, rest), path)
  if zipfile.is_zipfile(path) and path.suffix.lower() == '.npy':
    logging.info('%s: it is an .npz, in spite of its name', path)
  return {what: np.asarray(rows).tolist() for what, rows in found.items()}


def flags(file, names):
  """Name -> values, of those arrays of an .npz that could be a column."""
  found = {}
  for name in names:
    with contextlib.suppress(*TORN):  # It is not wanted.
      array = file[name]
      few = np.unique(array) if array.ndim == 1 else ()
      if 0 < len(few) <= list_columns.ENOUGH:
        found[name] = few.tolist()
  return found


def text_of(path):
  """The text of a file in UTF-8, or in UTF-16 if its first bytes say so."""
  data = path.read_bytes()
  wide = data.startswith((b'\xff\xfe', b'\xfe\xff'))
  try:
    text = data.decode('utf-16' if wide else 'utf-8-sig')
  except UnicodeDecodeError as error:
    raise ValueError(
      f'{path}: not a text file in UTF-8, as byte {error.start} shows'
    ) from error
  if '\0' in text:
    raise ValueError(
      f'{path}: torn, or not a text file in UTF-8: there are zeros in it'
    )
  return text


def lines(path):
  """A name a line, to the letter; blank lines count for nothing."""
  return {'key': [line for line in text_of(path).splitlines() if line.strip()]}


def table(path, meant=list_columns.meant):
  """A .csv or .tsv, parted by whichever of , ; and tab makes most columns."""
  text = text_of(path).lstrip('\r\n')
  head = text.splitlines()[:1]
  marks = '\t' if path.suffix.lower() == '.tsv' else ',;\t'
  parted = {mark: next(csv.reader(head, delimiter=mark), []) for mark in marks}
  mark = max(marks, key=lambda mark: len(parted[mark]))
  rows = cells(text, mark, path)
  names = next(rows, [])
  wanted = meant(names, path)
  found = {what: [] for what in wanted}
  into = [(found[what], names.index(name)) for what, name in wanted.items()]
  others = {name: set() for name in list_columns.others(names, wanted)}
  for number, row in enumerate(rows, 1):
    if len(row) != len(names):
      raise ValueError(
        f'{path}: its row {number} has {len(row)} values, its first line '
        f'{len(names)}; put a name with {mark!r} in it in quotes'
      )
    for column, place in into:
      column.append(row[place])
    for name, value in zip(names, row, strict=True) if others else ():
      if name in others and len(others[name]) < list_columns.ENOUGH:
        others[name].add(value)
  list_columns.check_flags(found, others, path)
  return found


def cells(text, mark, path):
  """The rows of a table that are not blank."""
  lines = io.StringIO(text, newline='')
  try:
    yield from filter(any, csv.reader(lines, delimiter=mark, strict=True))
  except csv.Error as error:
    raise ValueError(f'{path}: not a table of text: {error}') from error


def json_lines(path):
  """A JSON value a line: an object, or a name."""
  values = []
  for number, line in enumerate(text_of(path).split('\n'), 1):
    if line.strip():
      values.append(json_text.parsed(line, path, number))
  return list_columns.of_values(values, path)


def json_whole(path):
  """An array, or an object of arrays."""
  value = json_text.parsed(text_of(path), path)
  if isinstance(value, list):
    return list_columns.of_values(value, path)
  if not isinstance(value, dict):
    raise ValueError(f'{path}: wanted an array, got {str(value)[:40]!r}')
  found = {
    w: value[name] for w, name in list_columns.meant(value, path).items()
  }
  if isinstance(found.get('fingerprint'), str):
    found['fingerprint'] = [found['fingerprint']]
  for what, rows in found.items():
    if not isinstance(rows, list):
      raise ValueError(f'{path}: its `{what}` is {str(rows)[:40]}, no array')
  rest = {n: those for n, those in value.items() if isinstance(those, list)}
  list_columns.check_flags(found, rest, path)
  return found


READERS = {
  '.npy': arrays, '.npz': arrays, '.txt': lines, '.csv': table, '.tsv': table,
  '.jsonl': json_lines, '.json': json_whole, '.parquet': list_parquet.read,
}  # fmt: skip
"""suffix -> (path -> columns)."""
