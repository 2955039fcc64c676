"""What is written as labels, as classes: whole numbers, words, or neither.

3  "3"  3.0  "3.0"      the whole number 3, if all can be one
[0, 1, 0]               1, if each is a 1 among zeros
"cat"  true             a word
null  ""  NaN  -1       no class, the last among whole numbers; beside 1 alone, a class
"""

import math
import re

WHOLE = re.compile(r'[-+]?[0-9]{1,18}(\.0*)?')


def classes(labels):
  """[N] int or [N] str, None for no class; and why they are neither, or ''."""
  labels = [None if is_blank(label) else label for label in labels]
  there = [label for label in labels if label is not None]
  vectors = [isinstance(label, list) for label in there]
  if any(vectors):
    if not all(vectors) or len({len(label) for label in there}) > 1:
      return [], 'its labels are vectors of several lengths'
    if not all(map(is_one_hot, there)):
      return [], 'its labels are vectors, not a 1 among zeros'
    return [label if label is None else label.index(1) for label in labels], ''
  if any(isinstance(label, dict) for label in there):
    return [], 'its labels are objects'
  if all(map(is_whole, there)):
    numbers = [label if label is None else whole(label) for label in labels]
    none = None if {*numbers} - {None} != {1, -1} else -1
    return [none if number == -1 else number for number in numbers], ''
  if all(map(is_number, there)):
    return [], 'its labels are fractions'
  words = [label if label is None else str(label).strip() for label in labels]
  return words, ''


def is_blank(label):
  if isinstance(label, str):
    return not label.strip()
  return label is None or (isinstance(label, float) and math.isnan(label))


def is_one_hot(vector):
  zeros = vector.count(0)
  return vector.count(1) == 1 and zeros == len(vector) - 1


def is_whole(label):
  if isinstance(label, str):
    return bool(WHOLE.fullmatch(label.strip()))
  return is_number(label) and abs(label) < 2**63 and label == int(label)


def whole(label):
  return int(label.split('.')[0] if isinstance(label, str) else label)


def is_number(label):
  """Whether this is a number, or a text of one."""
  if isinstance(label, str):
    try:
      float(label)
    except ValueError:
      return False
    return True
  return isinstance(label, (int, float)) and not isinstance(label, bool)
