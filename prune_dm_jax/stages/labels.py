"""Labels of anyone's pictures as places among the classes that a judge knows.

By the names of the classes, where they have names: the second folder of one set
may be another class than the second of another. Numbers must be in range.
"""

import numpy as np
from absl import logging

from prune_dm_jax.data.lists import names as names_lib
from prune_dm_jax.features import weights
from prune_dm_jax.run import damage
from prune_dm_jax.stages import judge as judge_lib


def of_set(given, judge):
  """[N] labels of a Set, or None where it has none that the judge knows."""
  labels, names = given.pictures.labels, given.pictures.class_names
  if labels is None or not judge.class_names:
    return None
  cell = cell_of(given.path)
  if cell:
    if not told_classes(cell):
      return None
    names = judge_lib.run_of(cell).source.class_names
  if names:
    return by_name(given.path, labels, names, judge)
  check_range(given.path, labels, judge)
  return None if are_unclear(given.path, labels, judge) else labels


def by_name(path, labels, names, judge):
  """Labels among `names` as labels among the judge's; None, and a line, if some
  of them are none.
  """
  place = {
    names_lib.composed(name): i for i, name in enumerate(judge.class_names)
  }
  unknown = [name for name in names if names_lib.composed(name) not in place]
  if unknown or (labels < 0).any():
    which = weights.listed(unknown) if unknown else 'of some pictures (none)'
    logging.warning(
      '%s: folders %s are not classes of the judge, which are %s; '
      'asked_class and the balance of classes are not taken',
      path, which, weights.listed(judge.class_names),
    )  # fmt: skip
    return None
  return np.array([place[names_lib.composed(name)] for name in names])[labels]


def are_unclear(path, labels, judge):
  """Whether labels are numbers that other classes are called by; with a line."""
  places = {name: i for i, name in enumerate(judge.class_names)}
  named = {int(label): places.get(str(label)) for label in np.unique(labels)}
  if None in named.values() or all(i == label for label, i in named.items()):
    return False
  label, place = next(row for row in named.items() if row[0] != row[1])
  logging.warning(
    '%s: its label %d may be the class called %d, which is in place %d, or the '
    'one in place %d, which is called %s; asked_class and the balance of classes '
    'are not taken: give a folder of pictures for each class',
    path, label, label, place, label, judge.class_names[label],
  )  # fmt: skip
  return True


def check_range(path, labels, judge):
  number = len(judge.class_names)
  outside = labels[(labels < 0) | (labels >= number)]
  if len(outside):
    raise ValueError(
      f'{path}: label {outside[0]} is no class of the judge, which knows '
      f'{number}: 0 to {number - 1}'
    )


def cell_of(path):
  """The cell whose samples are at a path, or None."""
  for cell in (path, path.parent):
    samples = cell / 'samples'
    if (cell / 'config.json').exists() and (samples == path or cell == path):
      return cell
  return None


def told_classes(cell):
  """Whether the model of a cell was told which class to make."""
  config = damage.read_json(cell / 'config.json')
  return config.get('dit', {}).get('conditional', True)
