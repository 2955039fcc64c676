"""Anyone's pictures in tables: Parquet, Arrow, or what TFDS prepared.

  train                        trained on
  validation, val, dev, test   held out, what is of a class that is trained on
  anything else                left out, unless there is nothing else

A key is the split and the picture's name; where a name is missing or there
twice, the file and the row are its number.
"""

import collections
import pathlib

from prune_dm_jax.data import source
from prune_dm_jax.data.tables import array_record
from prune_dm_jax.data.tables import arrow
from prune_dm_jax.data.tables import classes
from prune_dm_jax.data.tables import columns
from prune_dm_jax.data.tables import notes
from prune_dm_jax.data.tables import parquet
from prune_dm_jax.data.tables import table_files
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import walked

LAYOUTS = {
  'TFDS, ArrayRecord': array_record,
  'Hugging Face, Arrow': arrow,
  'Hugging Face, Parquet': parquet,
}
"""name -> the room that reads it."""

NO_CLASS = {None, classes.NONE}


def layout_of(path):
  """The name of the layout of the tables at a path, or ''."""
  path = pathlib.Path(path)
  if not path.exists():
    return ''
  if path.is_dir() and array_record.folder(path):
    return 'TFDS, ArrayRecord'
  there, rooms = [], dict(list(LAYOUTS.items())[1:])
  found = table_files.found(path, tuple(r.SUFFIX for r in rooms.values()))
  for name, room in rooms.items():
    files = [f for f in found if f.name.lower().endswith(room.SUFFIX)]
    if files and are_the_set(path, files, room):
      there.append(name)
  if len(there) > 1:
    raise ValueError(
      f'{path}: it holds both .arrow and .parquet; give the path of one of them'
    )
  return there[0] if there else ''


def are_the_set(path, files, room):
  """Whether tables are the pictures, not notes about pictures beside them."""
  beside = set() if path.is_file() else notes.pictures(path)
  return not beside or any(not notes.is_note(f, room, beside) for f in files)


def first_name(path):
  """The name of the first picture in the tables at a path, or ''."""
  room = LAYOUTS[layout_of(path)]
  splits = room.splits(path)
  rows = room.rows(path, splits) if splits else iter(())
  return next((row[1] for row in rows), '')


def slash(split, name):
  return f'{split}/{name}'


def open_tables(path, layout='', key=slash):
  """The Source of the tables at a path.

  Args:
    path: Where they are.
    layout: A row of LAYOUTS; '' stands for the one that is there.
    key: split, name of a picture -> its key.
  """
  layout = layout or layout_of(path)
  room = LAYOUTS[layout]
  splits = room.splits(path)
  parts, told = roles(list(splits), path)
  if room is not array_record:
    told += table_files.told_missing({s: splits[s] for s in parts})
  found = room.found(path, {s: splits[s] for s in parts})
  rows, left_out = with_classes(found.rows, parts, found.names)
  unclassed = [f'left out: {n:,} {why}' for why, (n, _, _) in left_out.items()]
  if not rows:
    why = next(iter(found.bad.values()), 'its tables hold no rows')
    raise ValueError(f'{path}: there is no picture to read: {why}')
  check_named(rows, found.names, path)
  labels, names = classes.placed([row[2] for row in rows], found.names)
  if room is not array_record:
    left_out |= of_other_splits(splits, parts)
  keys, again = keyed(rows, parts, key, room.number)
  examples = [
    source.Example(k, label, size, where, parts[split] != 'train')
    for k, label, (split, _, _, where, size) in zip(
      keys, labels, rows, strict=True
    )
  ]
  bad = {f'{parts[s]}/{n}': why for (s, n), why in found.bad.items()}
  layout = ', '.join([layout, *found.said, *told, *unclassed, *again])
  return source.Source(
    examples, room.read, layout=layout, class_names=names, bad=bad,
    left_out=left_out,
  )  # fmt: skip


def roles(splits, path):
  """split -> train, val or test, of those that are read; and what is said."""
  parts = {s: table_files.SPLITS.get(s.lower(), '') for s in splits}
  others = [split for split, part in parts.items() if not part]
  if 'train' in parts.values():
    told = [f'left out: {columns.listed(others)}'] if others else []
    return {s: part for s, part in parts.items() if part}, told
  only = splits if len(splits) == 1 else others
  if len(only) != 1:
    raise ValueError(
      f'{path}: none of its splits {columns.listed(splits)} is called train; '
      'give the path of the one that is meant'
    )
  return parts | {only[0]: 'train'}, [f'all of {only[0]!r} to train on']


def with_classes(rows, parts, named):
  """The rows less those held out of no class that is trained on; their Counts.

  Where the table names its classes, all of these are known.
  """
  trained = {row[2] for row in rows if parts[row[0]] == 'train'} - NO_CLASS
  left, left_out = [], {}
  for row in rows:
    split, label = row[0], row[2]
    none = label in NO_CLASS
    known = label in trained or (named and not none)
    if not trained or parts[split] == 'train' or known:
      left.append(row)
      continue
    why = 'no class' if none else 'a class not trained on'
    count = walked.Count(1, 0, f'{parts[split]}/{usable(row[1])}'.rstrip('/'))
    walked.add(left_out, f'in {split!r}, of {why}', count)
  return left, left_out


def of_other_splits(splits, parts):
  """reason -> Count of the tables in splits that are not read."""
  left_out = {}
  for split in splits.keys() - parts.keys():
    for file in splits[split]:
      count = walked.Count(1, file.stat().st_size, file.name)
      walked.add(left_out, f'a table of {split!r}', count)
  return left_out


def check_named(rows, names, path):
  """Raises ValueError if a label is beyond the names of the classes."""
  for _, _, label, where, _ in rows if names else ():
    if label is not None and not classes.NONE <= label < len(names):
      raise ValueError(
        f'{getattr(where, "file", path)}: a label is {label}, but only '
        f'{len(names)} classes have names, from 0 to {len(names) - 1}'
      )


def keyed(rows, parts, key, number):
  """A key each; and what is said of names that are there twice."""
  called = [key(parts[row[0]], usable(row[1])) for row in rows]
  times = collections.Counter(
    name for name, row in zip(called, rows, strict=True) if usable(row[1])
  )
  keys = [
    name if times[name] == 1 else key(parts[row[0]], number(row[3]))
    for name, row in zip(called, rows, strict=True)
  ]
  twice = sum(n for n in times.values() if n > 1)
  told = [f'{twice:,} pictures numbered, whose names are there twice']
  return keys, told if twice else []


def usable(name):
  """A name that can be a key, or ''."""
  return '' if file_names.bad_name(name) else name
