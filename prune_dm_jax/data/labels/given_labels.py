"""The labels that a set's tables give, and where they and its pictures differ.

Of two tables in a folder the first of label_tables.READERS is taken that has
labels; of two that name one picture, the one that is nearer to it. Where none has, webdataset's files of a label each are read.
"""

import itertools
import os
import posixpath
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data.labels import class_files
from prune_dm_jax.data.labels import label_tables
from prune_dm_jax.data.labels import other_tables
from prune_dm_jax.data.lists import names as names_lib
from prune_dm_jax.data.walks import beside

DEEPEST = 2
"""Folders below what is around all in which a table is looked for."""


class Given(NamedTuple):
  """What all tables of a set say."""

  labels: dict
  """Name of a picture -> int, str, or None for no class."""
  final: bool
  """Whether folders are no classes."""
  why: Callable
  """Name of a picture -> why it has no class."""
  bad: dict
  """name -> why, of what is listed and not there."""
  words: list
  used: dict
  """name -> bytes of each table."""

  def within(self, prefix):
    """The same for names that are less a prefix."""
    short = lambda by_name: {
      n.removeprefix(prefix): v for n, v in by_name.items()
    }
    return self._replace(
      labels=short(self.labels),
      why=lambda name: self.why(prefix + name),
      bad=short(self.bad),
    )


NOTHING = Given({}, False, str, {}, [], {})


def given(path, names, left_out=()):
  """What the tables at a path give pictures of these names.

  Args:
    path: Of the set.
    names: Of its pictures.
    left_out: The suffixes of other files that are there, and more.
  """
  found = beside.among(path, wanted(names))
  files = sorted(found, key=lambda file: rank(file.name))
  tables = {file.name: table(path, file, names) for file in files}
  first = {}
  for name, one in tables.items():
    if one.labels or one.final:
      first.setdefault(posixpath.dirname(name), name)
  taken = {name: tables[name] for name in first.values()}
  words = [
    one.words if name in taken or not one.labels else f'{name} not used'
    for name, one in tables.items()
  ]
  used = {file.name: file.size for file in files if file.name in taken}
  if not taken and class_files.SUFFIX in left_out:
    one, used = class_files.read(path, names)
    taken = {'its .cls': one} if one.labels else {}
    words = [*words, one.words]
  if not taken:
    return NOTHING._replace(words=words)
  return combined(path, names, taken)._replace(words=words, used=used)


def wanted(names):
  """Names of the tables that may be there."""
  dirs, folders = {''}, {name.rpartition('/')[0] for name in names}
  apart = [folder.split('/') for folder in folders]
  deepest = len(os.path.commonprefix(apart)) + DEEPEST
  for parts in apart:
    dirs |= {'/'.join(parts[: i + 1]) for i in range(len(parts[:deepest]))}
  pairs = [
    *itertools.product(dirs, label_tables.READERS),
    *itertools.product(other_tables.folders(folders), other_tables.FILES),
  ]
  return {f'{folder}/{file}'.lstrip('/') for folder, file in pairs}


def rank(name):
  """Nearer to the pictures comes later; then by folder, and by preference."""
  folder, kind = posixpath.split(name)
  depth = folder.count('/') + bool(folder)
  known = [*label_tables.READERS, *other_tables.FILES]
  return depth, folder, known.index(kind)


def table(path, file, names):
  """The Table of a file, which is empty if it may not be read."""
  if file.why:
    words = f'{file.name} not used: {file.why}'
    return label_tables.Table({}, False, words)
  try:
    if posixpath.basename(file.name) in label_tables.READERS:
      one = label_tables.read(file.name, file.read())
      listed = spelled_as(one.labels, set(names)).keys()
      none = listed and listed.isdisjoint(names)
      return other_tables.nearest(file.name, one, names) if none else one
    return other_tables.read(file.name, file.read(), names)
  except (ValueError, OSError) as error:
    raise ValueError(f'{path}: {error}') from error


def spelled_as(by_name, there):
  """The same by names as they are there: of an accent systems have two."""
  if by_name.keys() <= there:
    return by_name
  place = {names_lib.composed(name): name for name in there}
  place |= {name: name for name in there}
  return {
    place.get(name, place.get(names_lib.composed(name), name)): value
    for name, value in by_name.items()
  }


def combined(path, names, tables):
  """What tables, file -> Table, give together."""
  labels, source_of = {}, {}
  for file, one in tables.items():
    labels |= one.labels
    source_of |= dict.fromkeys(one.twice, f'twice in {file}, in two classes')
  if len({type(label) for label in labels.values()} - {type(None)}) > 1:
    labels = {n: v if v is None else str(v) for n, v in labels.items()}
  where, there = ' or '.join(tables), set(names)
  labels = spelled_as(labels, there)
  source_of = spelled_as(source_of, there)
  missing = labels.keys() - there
  if labels and len(missing) == len(labels):
    raise ValueError(
      f'{path}: of the {len(labels)} pictures that {where} lists, such as '
      f'{min(labels)!r}, none is there, where they are called as '
      f'{min(there)!r}; names are relative to its own folder'
    )
  twice = {name: source_of[name] for name in source_of.keys() & there}
  for name in twice:
    labels[name] = None

  def why(name):
    without = 'listed without a label in' if name in labels else 'not in'
    return twice.get(name, f'{without} {where}')

  return Given(
    labels,
    bool(labels) or any(one.final for one in tables.values()),
    why,
    {name: f'listed in {where}, but not there' for name in missing},
    [],
    {},
  )
