"""Lists of what is trained on and what is held out, beside the pictures.

  meta/train.txt   meta/test.txt                 a/1, or a/1.jpg, or 1 a line
  ImageSets/Main/train.txt   .../val.txt         likewise; trainval.txt adds nothing
  train_val_list.txt   test_list.txt             likewise
  valid.txt                                      alone, of no more than half

A line is a name, or begins with one. They are taken where no folder is a split,
the names are of pictures, nearly all of these are listed, and none on both sides.
"""

import collections
import functools
import itertools
import os
import posixpath
import re
from typing import NamedTuple

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import label_tables
from prune_dm_jax.data.labels import other_tables
from prune_dm_jax.data.labels import partitions
from prune_dm_jax.data.labels import split_names
from prune_dm_jax.data.lists import names as names_lib
from prune_dm_jax.data.walks import beside

HOMES = (
  '', 'meta', 'lists', 'labels', 'split', 'splits', 'annotations', 'ImageSets',
  'ImageSets/Main', 'ImageSets/Segmentation',
)  # fmt: skip
"""Folders in which lists are looked for, from each that is around all."""

SPLITS = (
  'train',
  'training',
  'val',
  'valid',
  'validation',
  'dev',
  'test',
  'testing',
)
BOTH = ('trainval', 'train_val')
ENDS = ('.txt', '_list.txt', '.lst', '.csv', '1.txt')
TRAIN, HELD_OUT = split_names.TRAIN, split_names.HELD_OUT
FIELD = re.compile(r'[\s,;]')


def wanted(names, around):
  """Names of the lists that may be there."""
  dirs = {name.rpartition('/')[0] for name in names}
  common = os.path.commonprefix([(around + d).split('/') for d in dirs])
  roots = ['/'.join(common[:i]) for i in range(len(common) + 1)]
  files = map(''.join, itertools.product((*SPLITS, *BOTH), ENDS))
  tables = map('.'.join, itertools.product(partitions.STEMS, ('txt', 'csv')))
  every = itertools.product(roots, HOMES, [*files, *tables, partitions.NAMES])
  return {'/'.join(filter(None, parts)) for parts in every}


class Index(NamedTuple):
  """Where pictures are, by the ends of their names; -1 of what several have."""

  by_two: dict
  by_stem: dict


def index_of(names):
  """The Index of names."""
  stems = [(*posixpath.split(name)[0].split('/'), other_tables.stem(name))
           for name in names]  # fmt: skip
  return Index(
    names_lib.only_once(['/'.join(parts[-2:]) for parts in stems]),
    names_lib.only_once([parts[-1] for parts in stems]),
  )


def given(path, names, around=''):
  """name -> (list, role) of all pictures, or {}; words; list -> its size.

  Args:
    path: Of the set.
    names: Of its pictures, of which no folder is a split.
    around: What is in front of names there.
  """
  files = beside.among(path, wanted(names, around))
  homes, index = (
    collections.defaultdict(list),
    index_of(names) if files else None,
  )
  for file in files:
    if not file.why:
      homes[posixpath.dirname(file.name)].append(file)
  said = []
  for home, those in homes.items():
    sides, used, why = in_home(those, names, index)
    rest = len(names) - len(sides)
    if sides and class_folders.are_few(rest, len(names)):
      said = [f'splits by lists in {home or "."}/']
      no_list = 'no list', split_names.NEITHER
      found = {name: sides.get(i, no_list) for i, name in enumerate(names)}
      return found, said, {file.name: file.size for file in used}
    if sides:
      why = f'{rest:,} of {len(names):,} pictures are in none'
    said += (
      [f'lists of splits in {home or "."}/ not used: {why}'] if why else []
    )
  return {}, said, {}


def in_home(files, names, index):
  """place -> (list, role) by the lists in a folder; those used; why none are."""
  tables = [file for file in files if partitions.is_one(file.name)]
  numbers = [file for file in files if file.name.endswith(partitions.NAMES)]
  place = functools.partial(place_of, index=index)
  for file in tables:
    beside_it = read(numbers[0]) if numbers else ''
    sides = partitions.roles(file.name, read(file), beside_it, place)
    if sides:
      return sides, [file, *numbers], ''
  lists = {f: listed(f, index) for f in files if f not in [*tables, *numbers]}
  lists = {file: found for file, found in lists.items() if found}
  sides, why = sorted_out(lists, names)
  return sides, [*lists], why


def read(file):
  """The text of a file, or '' of one that has none."""
  try:
    return label_tables.text(file.name, file.read())
  except (ValueError, OSError):
    return ''


def listed(file, index):
  """{places} of pictures that a file lists; none, if it lists something else."""
  rows = [row for row in map(str.strip, read(file).splitlines()) if row]
  found = [place for row in rows if (place := place_of(row, index)) >= 0]
  few = class_folders.are_few(len(rows) - len(found), len(rows))
  return {*found} if few else set()


def place_of(row, index):
  """The place of the picture that a row names, whole or in a field, or -1."""
  for text in (row, *FIELD.split(row, 2)[:2]):
    name = text.strip('"').replace('\\', '/')
    last, stem = posixpath.dirname(name).split('/')[-1], other_tables.stem(name)
    place = index.by_two.get(f'{last}/{stem}', -1) if last else -1
    place = place if place >= 0 else index.by_stem.get(stem, -1)
    if place >= 0:
      return place
  return -1


def sorted_out(lists, names):
  """place -> (list, role), or {} and why, of File -> places in it.

  Where only what is held out is listed, and no more than half, the rest is
  trained on.
  """
  called = {posixpath.basename(f.name): own for f, own in lists.items()}
  trains = [name for name in called if role_of(name) == TRAIN]
  others = [name for name in called if role_of(name) == HELD_OUT]
  side = {i: (name, HELD_OUT) for name in others for i in called[name]}
  if not side or (not trains and 2 * len(side) > len(names)):
    return {}, ''
  for name in trains:
    both = called[name] & side.keys() if not name.startswith(BOTH) else ()
    if both:
      why = f'{len(both):,} pictures, as {names[min(both)]}, are on both sides'
      return {}, why
  for name in sorted(trains, key=lambda name: name.startswith(BOTH)):
    side |= {i: (name, TRAIN) for i in called[name] - side.keys()}
  rest = range(len(names)) if not trains else ()
  return dict.fromkeys(rest, ('the rest', TRAIN)) | side, ''


def role_of(name):
  """What the pictures of a list of this name are."""
  word = name.partition('.')[0].removesuffix('_list').rstrip('1')
  return TRAIN if word in BOTH else split_names.role(word)
