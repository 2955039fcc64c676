"""Anyone's own list of examples to keep, checked against the data.

A list names what it keeps, by keys or by indices. Indices mean nothing without
the order that they count in: the fingerprint of the data says which.
"""

import json
import pathlib
import re

import numpy as np
from absl import logging

from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.lists import names

BESIDE = {
  'selection.json': ('kept_idx.npy',),
  'split.json': ('train_idx.npy', 'held_out_idx.npy'),
}
"""What says the fingerprint of which files beside it."""

WORDS = {
  **dict.fromkeys(('1', '1.0', 'true', 'yes', 'kept'), True),
  **dict.fromkeys(('0', '0.0', 'false', 'no', 'pruned'), False),
}
"""What a column says of a row that is kept, or not."""

REASONS = {'kept': True, **dict.fromkeys(('pruned', 'high_noise', 'thinned', 'held_out'), False)}  # fmt: skip

MEANS = {'keep': WORDS, 'reason': WORDS | REASONS}
"""column -> what its words mean; a reason may be in other words as well."""


def read_list(path, source, *, root=''):
  """The examples that a list keeps.

  Args:
    path: A file of list_files.READERS: of keys, of indices, of a bool for each
      example, or a table with a column `key` or `index`, and `keep` if not all
      its rows are meant.
    source: The full data set.
    root: Where the data is, if that may stand before a key.

  Returns:
    [M] sorted indices.

  Raises:
    ValueError: What is wrong, in which file, and what would do.
  """
  path = pathlib.Path(path)
  columns = list_files.read(path)
  made_on = fingerprint(columns, path)
  if made_on and not is_of(made_on, source):
    raise ValueError(
      f'{path}: a list of other data (fingerprint {made_on}, this data has '
      f'{source.fingerprint}); keys alone, as a .txt, hold for any data that has '
      'them'
    )
  if 'key' not in columns and not made_on:
    warn_of_the_order(path, source)
  indices = np.sort(chosen(columns, path, source, root))
  check(indices, path, source)
  if len(indices) == len(source):
    logging.info(
      '%s: all %s are kept, and none pruned', path, f'{len(source):,}'
    )
  return indices.astype(np.int64)


def fingerprint(columns, path):
  """What the list, or a file beside it, says that it was made on; else ''."""
  said = columns.pop('fingerprint', ())
  said = {v.decode() if isinstance(v, bytes) else str(v) for v in said}
  if len(said) > 1:
    raise ValueError(f'{path}: it names several fingerprints, {sorted(said)}')
  for name, of in BESIDE.items():
    facts = path.with_name(name)
    if not said and path.name in of and facts.is_file():
      said = {written(facts)}
  return said.pop() if said else ''


def is_of(fingerprint, source):
  """Whether a fingerprint is, or was before contents were hashed, the data's."""
  if fingerprint == source.fingerprint:
    return True
  return hasattr(source, 'is_named') and source.is_named(fingerprint)


def written(facts):
  try:
    return str(json.loads(facts.read_bytes())['fingerprint'])
  except (ValueError, KeyError, TypeError) as error:
    raise ValueError(f'{facts}: it says no fingerprint') from error


def warn_of_the_order(path, source):
  logging.warning(
    '%s: no fingerprint says which data its indices are of; they are taken in '
    'the order of this data, from %s to %s; a .txt of keys, or an .npz of '
    '`index` and `fingerprint` (here %s), leaves no doubt',
    path, names.shown(source.keys[0]), names.shown(source.keys[-1]),
    source.fingerprint,
  )  # fmt: skip


def chosen(columns, path, source, root):
  """[M] indices that columns keep, not checked yet."""
  keep = kept_rows(columns, path)
  if keep is not None:
    check_once(columns.get('key', columns.get('index', ())), keep, path)
  if 'key' in columns:
    keys = columns['key']
    keys = keys if keep is None else [keys[i] for i in np.flatnonzero(keep)]
    check_names(keys, path)
    return names.places(keys, path, source, root)
  if 'index' in columns:
    indices = integers(columns['index'], path)
    return indices if keep is None else indices[keep]
  if keep is None:
    indices = integers(columns[''], path)
    if not is_mask(indices, source):
      return indices
    keep = indices == 1
  if len(keep) != len(source):
    raise ValueError(
      f'{path}: it says of {len(keep)} examples whether they are kept, but the '
      f'data has {len(source)}; give an index or a key with each'
    )
  return np.flatnonzero(keep)


def check_once(rows, keep, path):
  """Raises ValueError if one is kept by a row and not by another."""
  kept = {str(row) for row, keeps in zip(rows, keep, strict=False) if keeps}
  for row, keeps in zip(rows, keep, strict=False):
    if not keeps and str(row) in kept:
      raise ValueError(f'{path}: {row!r} is kept by one row, pruned by another')


def is_mask(indices, source):
  """Whether integers can only say of each example whether it is kept."""
  whole = len(indices) == len(source) > 2
  return whole and np.isin(indices, (0, 1)).all()


def kept_rows(columns, path):
  """[rows] bool of what is kept; None if nothing says."""
  if 'keep' not in columns and 'reason' not in columns:
    return None
  name = 'keep' if 'keep' in columns else 'reason'
  keep = understood(columns[name], name, MEANS[name], path)
  for row, text in enumerate(columns.get('reason', ())):
    if meaning('reason', str(text), MEANS['reason']) not in (None, keep[row]):
      raise ValueError(
        f'{path}: its row {row + 1} says `keep` {columns["keep"][row]!r}, but '
        f'`reason` {text!r}'
      )
  return np.array(keep, bool)


def understood(values, name, words, path):
  """[rows] bool, of values that each mean one."""
  said = list(map(str, values))
  means = {text: meaning(name, text, words) for text in set(said)}
  for row, text in enumerate(said if None in means.values() else (), 1):
    if means[text] is None:
      raise ValueError(
        f'{path}: column `{name}` says {values[row - 1]!r} in row {row}; it may '
        'say 1 or 0, true or false, yes or no, kept or pruned'
      )
  return [means[text] for text in said]


def meaning(name, text, words):
  """Whether a column says with this that a row is kept; None: it says nothing."""
  word = text.strip().casefold()
  if name == 'reason' and word.startswith('bad:'):
    return False
  return words.get(word)


def check_names(keys, path):
  if set(map(type, keys)) <= {str}:
    return
  for row, key in enumerate(keys, 1):
    if not isinstance(key, str):
      raise ValueError(f'{path}: its key {row} is {key!r}, which is no name')


def integers(values, path):
  """[M] int of what is written as integers."""
  if isinstance(values, np.ndarray):
    return values
  for row, value in enumerate(values, 1):
    if isinstance(value, bool) or not re.fullmatch(r'\s*-?\d+\s*', str(value)):
      raise ValueError(f'{path}: its index {row} is {value!r}, no integer')
  try:
    return np.array([int(value) for value in values], np.int64)
  except OverflowError as error:
    raise ValueError(f'{path}: an index beyond any data') from error


def check(indices, path, source):
  """Raises ValueError unless sorted indices are some of the data, each once."""
  if not len(indices):
    raise ValueError(f'{path}: the list is empty; nothing would be trained on')
  outside = indices[(indices < 0) | (indices >= len(source))]
  if len(outside):
    raise ValueError(
      f'{path}: index {outside[0]} is outside the data, which has '
      f'{len(source)} examples'
    )
  twice = indices[1:][indices[1:] == indices[:-1]]
  if len(twice):
    raise ValueError(f'{path}: example {twice[0]} is listed twice')
