"""Folders that say what they are, as tables are parted: name=value.

  split=train/label=cat/1.png   label=cat/split=train/1.png    train/cat/1.png

What is neither split nor label, such as date=2020, is then no class.
"""

import re
import urllib.parse

from prune_dm_jax.data.labels import label_tables

KNOWN = (*label_tables.SPLIT, *label_tables.LABEL, 'cls')

PAIR = re.compile(r'(\w+)=(.*)')
NONE = '__HIVE_DEFAULT_PARTITION__'
"""As the value that is none is written."""


def read(dirs):
  """[N] the folders as split and class, and a word if any were called so.

  Args:
    dirs: [N] tuples, the folders that each picture is in.
  """
  pairs = {parts: [*map(PAIR.fullmatch, parts)] for parts in set(dirs)}
  names = {tuple(named(those)) for parts, those in pairs.items() if parts}
  if len(names) != 1 or not set(*names) & {*KNOWN}:
    return dirs, []
  known = {parts: meant(parts, those) for parts, those in pairs.items()}
  used = [name for name in KNOWN if name in set(*names)]
  said = ' and '.join(f'{name}=' for name in used)
  return [known[parts] for parts in dirs], [f'folders are called {said}']


def named(pairs):
  return [pair[1].casefold() for pair in pairs if pair]


def meant(parts, pairs):
  """Splits, then classes, then what is called otherwise."""
  rest = [part for part, pair in zip(parts, pairs, strict=True) if not pair]
  by_name = {pair[1].casefold(): pair[2] for pair in pairs if pair}
  values = [by_name[name] for name in KNOWN if name in by_name]
  values = [urllib.parse.unquote(value) for value in values if value != NONE]
  return (*values, *rest)
