"""Classes from whatever a table holds: numbers, bools, texts, or nothing.

Ids become places among those that are there, so that an id of 999,999,999 costs
no more than one of 0; their names are the numbers, unless the table has names.
"""

import math

from prune_dm_jax.data.tables import columns

NONE = -1


def values(column, file, name):
  """[int, bool, str or None] of a column, which columns.kind_of knows.

  Blanks around a text say nothing, and are no class if there is nothing else.
  """
  for array in column.chunks:
    array = columns.bare(array)
    found = array.to_pylist()
    if columns.IS.is_floating(array.type):
      found = [whole(value, file, name) for value in found]
    if columns.kind_of(array.type) == 'text':
      found = [(value or '').strip() or None for value in found]
    yield from found


def whole(value, file, name):
  """A float as the int that it is; None of one that is none or not a number."""
  if value is None or math.isnan(value):
    return None
  if not float(value).is_integer():
    raise ValueError(
      f'{file}: its column {name!r} holds {value:g}, which is the number of no '
      'class'
    )
  return int(value)


def placed(raw, names):
  """Labels and class names.

  Args:
    raw: [N] int, bool, str or None; None and -1 are no class.
    names: What ids are called, from 0 on; () if nothing says so.

  Returns:
    [N] int labels, -1 for none; [C] str.
  """
  if names:
    return [NONE if i is None else i for i in raw], names
  ids = sorted(set(raw) - {None, NONE})
  place = {None: NONE, NONE: NONE} | {value: i for i, value in enumerate(ids)}
  return [place[value] for value in raw], tuple(map(str, ids))
