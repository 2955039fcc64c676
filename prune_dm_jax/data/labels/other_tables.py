"""Labels from a table that no layout names, read where what it says is clear.

  labels.csv   image,label      train.csv   id,breed       trainLabels.csv   ...

Clear is: no class is a folder; one of the columns names pictures, in any folder
and with a suffix or without one; all that are trained on, but for a few. Of two
columns the other one is of labels, whatever it is called.
"""

import itertools
import os
import posixpath

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import csv_rows
from prune_dm_jax.data.labels import label_tables
from prune_dm_jax.data.labels import placed
from prune_dm_jax.data.labels import split_names
from prune_dm_jax.data.lists import names as names_lib
from prune_dm_jax.data.walks import file_names

FILES = (
  'labels.csv', 'label.csv', 'train_labels.csv', 'trainLabels.csv', 'train.csv',
  'training.csv', 'annotations.csv', 'classes.csv', 'data.csv', 'labels.tsv',
  'train.tsv',
)  # fmt: skip

NAME = (
  *label_tables.NAME, 'file', 'image', 'image_name', 'image_path', 'image_id',
  'img', 'picture', 'path', 'filepath', 'file_path', 'id', 'id_code', 'name',
)  # fmt: skip
"""Columns of names, the first that is there."""


def folders(dirs):
  """The folders in which such a table is looked for: around all, and splits."""
  parts = [(*path.split('/'),) for path in dirs]
  common = os.path.commonprefix(parts)
  at = len(common)
  within = {those[at] for those in parts if len(those) > at}
  return {'/'.join(common[:i]) for i in range(at + 1)} | {
    '/'.join((*common, name)) for name in within if split_names.role(name)
  }


def read(file, data, names):
  """The Table of a file's bytes, by names that are there; empty if not clear."""
  try:
    data = label_tables.in_lines(file, data)
    table = label_tables.of_csv(file, data, NAME)
    table = table if table.labels else of_two_columns(file, data) or table
    folder = posixpath.join(posixpath.dirname(file), '')
    inside = [name for name in names if name.startswith(folder)]
    return matched(table, inside) if table.labels else table
  except ValueError as error:
    why = str(error).removeprefix(f'{file}: ')
    return label_tables.Table({}, False, f'{file} not used: {why}')


def of_two_columns(file, data):
  """The Table of names and one column more, if what it says is said again and
  again, as classes are; or None.
  """
  fields, _ = csv_rows.head(data)
  others = [field for field in fields if field not in NAME]
  if len(fields) != 2 or len(others) != 1:
    return None
  table = label_tables.of_csv(file, data, NAME, others)
  classes = {*table.labels.values()}
  return table if 0 < 2 * len(classes) <= len(table.labels) else None


def matched(table, names):
  """The Table by the names of pictures; a ValueError says what is not clear."""
  trained = trained_on(names)
  there, short = set(names), by_stem(table.labels, trained)
  found = {name: name if name in there else short[name] for name in short}
  absent = [name for name in found if not found[name]]
  if not class_folders.are_few(len(absent), len(found)):
    raise ValueError(
      f'{len(absent):,} of its {len(found):,} names are of no picture here, '
      f'such as {absent[0]!r}'
    )
  rest = len({*trained} - {*found.values()})
  if not class_folders.are_few(rest, len(trained)):
    raise ValueError(f'{rest:,} of {len(trained):,} pictures are not in it')
  return renamed(table, found)


def nearest(file, table, names):
  """The Table of a file, of which no name is there, by the stems of bare names;
  empty if these are no pictures' by their suffixes either.
  """
  folder, _, _ = file.rpartition('/')
  inside = [name for name in names if name.startswith(f'{folder}/'.lstrip('/'))]
  bare = [name for name in table.labels if posixpath.dirname(name) == folder]
  found = by_stem(bare, inside)
  there, total = len([*filter(None, found.values())]), len(table.labels)
  if there and class_folders.are_few(total - there, total):
    return renamed(table, found)
  if any(map(label_tables.names_one, table.labels)):
    return table
  why = f'it names no pictures, but {min(table.labels)!r}'
  return label_tables.Table({}, False, f'{file} not used: {why}')


def by_stem(listed, names):
  """Name that is listed -> that of the one picture with its stem, or None."""
  short = names_lib.only_once([*map(stem, names)])
  places = {name: short.get(stem(name), -1) for name in listed}
  return {n: names[at] if at >= 0 else None for n, at in places.items()}


def renamed(table, found):
  """The Table by other names, as found says where it says any."""
  new = lambda name: found.get(name) or name
  return table._replace(
    labels={new(name): label for name, label in table.labels.items()},
    twice=frozenset(map(new, table.twice)),
  )


def trained_on(names):
  """[M] the names that would be trained on, of which no class is a folder."""
  found, at, _ = placed.places(names)
  places = [found[i] for i in at]
  here = [place.role == split_names.TRAIN for place in places]
  here = here if any(here) else [p.role == split_names.HELD_OUT for p in places]
  within = [place.within for place in itertools.compress(places, here)]
  trained = [*itertools.compress(names, here)]
  if class_folders.depth(within) >= 0 and not class_folders.are_shards(trained):
    raise ValueError('a class is a folder')
  return trained


def stem(name):
  """What is left of a name without its folder and a picture's suffix."""
  file = names_lib.composed(posixpath.basename(name))
  return (
    file.rpartition('.')[0]
    if file.lower().endswith(file_names.SUFFIXES)
    else file
  )
