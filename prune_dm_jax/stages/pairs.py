"""Pictures of two models, of the same noise: paired by what they are called.

7.png   000007.png   sample_7.jpg   the eighth of an array      are of one noise
"""

import itertools
import os
import re

from prune_dm_jax.data.lists import names

NUMBER = re.compile('[0-9]+')


def order(generated, same):
  """[N] indices of a Set, `same`, that pair it with a Set of as many pictures.

  Raises:
    ValueError: Their names do not say which belong together.
  """
  keys = generated.pictures.keys, same.pictures.keys
  each = lambda called: lambda those: [*map(called, those)]
  for called in (each(stem), each(unpadded), each(numbers), varying):
    first, second = map(called, keys)
    place = {name: i for i, name in enumerate(second)}
    if len(place) == len(second) and place.keys() == {*first}:
      return [place[name] for name in first]
  first, second = (names.shown(those[0]) for those in keys)
  raise ValueError(
    f'{same.path}: which of its pictures, such as {second}, is of the noise of '
    f'which of {generated.path}, such as {first}, their names do not say; give '
    'pictures of the same noise the same names, or the same numbers in them'
  )


def stem(key):
  return os.path.splitext(names.composed(key))[0]


def unpadded(key):
  """The stem, of whose numbers no 0 is in front."""
  return NUMBER.sub(lambda found: str(int(found[0])), stem(key))


def numbers(key):
  """All that is in the stem."""
  return tuple(map(int, NUMBER.findall(stem(key))))


def varying(keys):
  """The same, but for numbers that all keys have, as of a model or a setting."""
  rows = [*map(numbers, keys)]
  if len({*map(len, rows)}) > 1:
    return rows
  vary = [len({*column}) > 1 for column in zip(*rows, strict=True)]
  return [tuple(itertools.compress(row, vary)) for row in rows]
