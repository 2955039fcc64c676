"""One table that says of each picture whether it is trained on or held out.

list_eval_partition.txt   000001.jpg 0      0, 1, 2: train, val, test
train_test_split.txt      1 0               1: trained on; a number that
images.txt                1 cat/1.jpg       this names beside it
split.csv                 cat/1.jpg,test    in words
"""

import re

from prune_dm_jax.data.labels import split_names

NUMBERED, BINARY = 'list_eval_partition', 'train_test_split'
STEMS = (NUMBERED, BINARY, 'split', 'splits', 'partition', 'data_split')
NAMES = 'images.txt'
"""Names of pictures by the numbers that such a table may have for them."""

TRAIN, HELD_OUT = split_names.TRAIN, split_names.HELD_OUT
VALUES = {
  NUMBERED: {'0': TRAIN, '1': HELD_OUT, '2': HELD_OUT},
  BINARY: {'1': TRAIN, '0': HELD_OUT},
}
ROW = re.compile(r'(.+?)[\s,;]+(\w+)')


def is_one(name):
  """Whether a file is called like such a table."""
  return name.rpartition('/')[2].rpartition('.')[0] in STEMS


def rows_of(text):
  """[(name, value)] of the lines of a table."""
  found = map(ROW.fullmatch, map(str.strip, text.splitlines()))
  return [match.groups() for match in found if match]


def roles(name, text, names, place):
  """place -> (table, role) of pictures; {} if it does not say so.

  Args:
    name: Of the table's file.
    text: What it holds.
    names: What images.txt beside it holds, or ''.
    place: A row -> the place of the picture that it names, or -1.
  """
  file = name.rpartition('/')[2]
  values = VALUES.get(file.rpartition('.')[0])
  role = values.get if values else split_names.role
  called = dict(
    row.split(maxsplit=1) for row in names.splitlines() if ' ' in row.strip()
  )
  rows = [(place(called.get(n, n)), role(value)) for n, value in rows_of(text)]
  found = {at: (file, one) for at, one in rows if at >= 0 and one}
  both = split_names.are_both(one for _, one in found.values())
  return found if both else {}
