"""The labels that a set's tables give, and where they and its pictures differ.

Of two tables in a folder the first of label_tables.READERS is taken that has
labels; of two that name one picture, the one that is nearer to it.
"""

import posixpath
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data import beside
from prune_dm_jax.data import label_tables
from prune_dm_jax.data import names as names_lib

DEEPEST = 2
"""Folders below the set in which a table is looked for."""


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
  folders: tuple
  """Where the tables are."""

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


NOTHING = Given({}, False, str, {}, [], ())


def given(path, names):
  """What the tables at a path give pictures of these names."""
  dirs = {''}
  for parts in {(*name.split('/')[:-1],) for name in names}:
    dirs |= {'/'.join(parts[: i + 1]) for i in range(len(parts[:DEEPEST]))}
  files = beside.among(path, label_tables.READERS, dirs)
  files = sorted(files, key=lambda file: rank(file.name))
  tables = {file.name: table(path, file) for file in files}
  first = {}
  for name, one in tables.items():
    if one.labels or one.final:
      first.setdefault(posixpath.dirname(name), name)
  taken = {name: tables[name] for name in first.values()}
  words = [
    one.words if name in taken or not one.labels else f'{name} not used'
    for name, one in tables.items()
  ]
  if not taken:
    return NOTHING._replace(words=words)
  return combined(path, names, taken)._replace(words=words)


def rank(name):
  """Nearer to the pictures comes later; then by folder, and by preference."""
  folder, kind = posixpath.split(name)
  depth = folder.count('/') + bool(folder)
  return depth, folder, [*label_tables.READERS].index(kind)


def table(path, file):
  """The Table of a file, which is empty if it may not be read."""
  if file.why:
    words = f'{file.name} not used: {file.why}'
    return label_tables.Table({}, False, words)
  try:
    return label_tables.read(file.name, file.read())
  except (ValueError, OSError) as error:
    raise ValueError(f'{path}: {error}') from error


def spelled(listed, names):
  """Listed name -> the name of a picture that has the same letters, once."""
  other = [name for name in listed if not name.isascii()]
  if not other:
    return {}
  there = [name for name in names if not name.isascii()]
  place = names_lib.only_once(list(map(names_lib.composed, there)))
  found = {name: place.get(names_lib.composed(name), -1) for name in other}
  return {n: there[i] for n, i in found.items() if i >= 0}


def combined(path, names, tables):
  """What tables, file -> Table, give together."""
  labels, source_of = {}, {}
  for file, one in tables.items():
    as_there = spelled(one.labels, names)
    labels |= {as_there.get(n, n): label for n, label in one.labels.items()}
    source_of |= dict.fromkeys(
      [as_there.get(n, n) for n in one.twice],
      f'twice in {file}, in two classes',
    )
  if len({type(label) for label in labels.values()} - {type(None)}) > 1:
    labels = {n: v if v is None else str(v) for n, v in labels.items()}
  where = ' or '.join(tables)
  there = set(names)
  missing = labels.keys() - there
  if labels and len(missing) == len(labels):
    raise ValueError(
      f'{path}: of the {len(labels)} pictures that {where} lists, such as '
      f'{min(labels)!r}, none is there; names are relative to its own folder'
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
    tuple(map(posixpath.dirname, tables)),
  )
