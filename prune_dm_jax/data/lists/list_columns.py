"""What the values of a list mean: its columns, by their names or their types.

key          names, one a row         index        places in the data
keep         what is to be kept       reason       likewise, as manifests say
weight t_min as manifests say, both   fingerprint  of the data, if it is said
score        what no list goes by
''           integers that have no name
"""

import re

import numpy as np

from prune_dm_jax.data.labels import split_names

KEYS = ('key', 'file', 'file_name', 'filename', 'path', 'image')
KEPT = (
  'keep', 'kept', 'retain', 'retained', 'use', 'used', 'include', 'included',
  'select', 'selected', 'accept', 'accepted', 'approve', 'approved',
)  # fmt: skip
LEFT = (
  'remove', 'removed', 'drop', 'dropped', 'prune', 'pruned', 'exclude',
  'excluded', 'discard', 'discarded', 'delete', 'deleted', 'reject', 'rejected',
  'skip', 'skipped', 'duplicate', 'outlier', 'bad', 'held',
)  # fmt: skip
"""What is said of what is kept, and of what is left out."""

UNCLEAR = frozenset((
  'score', 'scores', 'rank', 'ranks', 'weight', 'weights', 'loss', 'split',
  'fold', 'partition', 'status', 'decision', 'verdict', 'flag', 'quality', *LEFT,
))  # fmt: skip
ALIKE = frozenset(('subset', 'mask', *KEPT))
"""Words in names of columns by which some rows may not be meant; those that, of
a file's only array, are of what is kept."""

YES = frozenset((
  '1', '1.0', 'true', 'yes', 'y', 'x', '+', 'good', 'ok', 'pass', 'clean', *KEPT,
))  # fmt: skip
NO = frozenset((
  '0', '0.0', 'false', 'no', 'n', '', '-', 'none', 'nan', 'null', 'fail', 'noisy',
  'junk', 'trash', *LEFT,
))  # fmt: skip
"""What a column says by which some rows may not be meant, whatever its name."""

OF_CLASS = frozenset(
  ('label', 'labels', 'class', 'category', 'target', 'cluster', 'group', 'y')
)
"""Words of columns whose 0 and 1 are no yes and no."""

ENOUGH = 4
"""Values of a column: more are no yes and no."""

QUESTIONS = ('is_', 'in_', 'to_', 'has_')
"""How such columns begin as well."""

MEANING = {
  **dict.fromkeys(KEYS, 'key'),
  'index': 'index', 'keep': 'keep', 'kept': 'keep', 'reason': 'reason',
  'fingerprint': 'fingerprint', 'weight': 'weight', 't_min': 't_min',
}  # fmt: skip
TRAINED = {'keep', 'weight', 't_min'}
"""Columns that say together how a picture is trained on, and nothing alone."""

SCORES = (
  'are scores, not indices; choose what to keep by them, and save its keys as a '
  '.txt or its indices as integers'
)


def meant(names, path):
  """What is meant -> the name of its column in the file."""
  found = {}
  for name in names:
    spelled = name.strip().casefold().replace(' ', '_').replace('-', '_')
    means = MEANING.get(spelled, 'score' if is_unclear(spelled) else None)
    found.setdefault(means, []).append((spelled != 'key', name))
  found.pop(None, None)
  unclear = found.pop('score', [])
  if not found.keys() >= TRAINED:
    unclear = unclear + found.pop('weight', [])
    found.pop('t_min', None)
  for what, those in found.items():
    those.sort()
    both = [name for _, name in those]
    if len(those) > 1 and (what != 'key' or those[0][0] == those[1][0]):
      raise ValueError(
        f'{path}: columns `{both[0]}` and `{both[1]}` are both {what}s; leave '
        'one of them'
      )
  if not found.keys() & {'key', 'index', 'keep', 'reason'}:
    shown = [str(name)[:40] for name in names][:12]
    raise ValueError(f'{path}: no column `key` or `index` among {shown}')
  if unclear and not found.keys() & {'keep', 'reason'}:
    refuse(unclear[0][1], path)
  return {what: those[0][1] for what, those in found.items()}


def refuse(name, path):
  raise ValueError(
    f'{path}: a column `{name}` and none that says what is kept; add a column '
    f'`keep` of 0 and 1, or leave `{name}` out if all its rows are to be kept'
  )


def others(names, wanted):
  """Names of columns that mean nothing, if by none it is said what is kept."""
  if wanted.keys() & {'keep', 'reason', 'score'}:
    return []
  return [name for name in names if name not in wanted.values()]


def check_flags(found, columns, path):
  """Raises ValueError if a column says yes of some rows and no of others, or
  has some in a split and others in another.

  Args:
    found: What is meant -> its rows.
    columns: Name -> values, or ENOUGH of them, of any columns; classes may be 0
      and 1, and so may the numbers of two rows.
    path: Of the list.
  """
  if max(map(len, found.values()), default=0) < ENOUGH - 1:
    return
  for name in others(columns, found):
    says = set(map(verdict, {str(value) for value in columns[name]}))
    if None not in says and len(says) > 1 and OF_CLASS.isdisjoint(words(name)):
      refuse(name, path)


def verdict(text):
  """Yes, no, or the role of a split, if a value is a word for one; or None."""
  plain = text.strip().casefold()
  if plain in YES or plain in NO:
    return plain in YES
  return role(text)


def role(text):
  """That of the first word, of PublicTest or test_idx, that names a split."""
  parts = re.findall(r'[A-Z]?[a-z]+|[A-Z]+', text) or [text]
  return next(filter(None, map(split_names.role, parts)), None)


def words(name):
  return {*re.split(r'[\W_]+', name.casefold())}


def is_unclear(spelled):
  unclear = words(spelled) & (UNCLEAR | ALIKE)
  return spelled.startswith(QUESTIONS) or bool(unclear)


def check_alone(name, path):
  """Raises ValueError if a file's only array may be of what is not kept."""
  if words(name) & (UNCLEAR | OF_CLASS) or role(name) == split_names.HELD_OUT:
    raise ValueError(
      f'{path}: its array is called `{name}`; call it `kept` if what it names is '
      'to be kept, and nothing else is'
    )


def unnamed(values, path):
  """The column that an array [M] is, which nothing but its type tells."""
  if values.ndim != 1:
    raise ValueError(
      f'{path}: wanted a list, got {values.dtype} of shape {values.shape}'
    )
  kind = values.dtype.kind if len(values) else 'i'
  if kind == 'f':
    raise ValueError(f'{path}: {values.dtype} numbers {SCORES}')
  if kind == 'S':
    values = decoded(values, path)
  column = {'U': 'key', 'S': 'key', 'b': 'keep', 'i': '', 'u': ''}.get(kind)
  if column is None:
    raise ValueError(
      f'{path}: wanted integers, names or booleans, got {values.dtype}'
    )
  return {column: values.tolist() if column == 'key' else values}


def decoded(values, path):
  try:
    return np.char.decode(values, 'utf-8')
  except UnicodeDecodeError as error:
    raise ValueError(f'{path}: its names are not in UTF-8') from error


def of_values(values, path):
  """Columns of values that JSON gave: all objects, or all of one other type."""
  kinds = set(map(type, values))
  if kinds == {dict}:
    return of_objects(values, path)
  if kinds <= {int, float} and float in kinds:
    raise ValueError(f'{path}: its numbers {SCORES}')
  if len(kinds) > 1 or not kinds <= {str, int, bool}:
    said = ', '.join(sorted(kind.__name__ for kind in kinds))
    raise ValueError(f'{path}: wanted names, or objects alike, got {said}')
  return {{str: 'key', bool: 'keep'}.get(*kinds, '') if kinds else '': values}


def of_objects(objects, path):
  wanted = meant(objects[0], path)
  for number, row in enumerate(objects, 1):
    if row.keys() != objects[0].keys() and meant(row, path) != wanted:
      raise ValueError(
        f'{path}: its row {number} has {list(row)}, its first {list(wanted)}; '
        'all must say the same'
      )
  found = {what: [o[name] for o in objects] for what, name in wanted.items()}
  check_flags(found, {n: [o.get(n) for o in objects] for n in objects[0]}, path)
  return found
