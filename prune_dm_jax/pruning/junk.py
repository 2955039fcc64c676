"""Junk: pictures that are too small, too long, blurred, flat or damaged to learn of.

Each rule is a bound on one column; 0 leaves it off.
"""

from typing import NamedTuple

import numpy as np


class Rule(NamedTuple):
  """What a key of config.junk bounds."""

  column: str
  upper: bool
  """Whether what is over the bound is junk; else what is under it."""


RULES = {
  'min_side': Rule('side', False),
  'max_aspect': Rule('aspect', True),
  'min_sharpness': Rule('sharpness', False),
  'min_contrast': Rule('contrast', False),
  'min_entropy': Rule('entropy', False),
  'max_one_colour': Rule('one_colour', True),
  'max_blockiness': Rule('blockiness', True),
}
"""Keys of config.junk, in the order in which they name a reason."""


def reasons(columns, rules):
  """row -> why it is junk, as 'sharpness 3.1 under 10'; the first rule that hits.

  Args:
    columns: name -> [N] numbers, as stages/looks.py writes them.
    rules: key of RULES -> its bound; 0: off.
  """
  found = {}
  for key, rule in RULES.items():
    if not rules[key]:
      continue
    values, word = (
      column(columns, rule.column),
      'over' if rule.upper else 'under',
    )
    for row in np.flatnonzero(hits(values, rule, rules[key])):
      text = f'{rule.column} {values[row]:.4g} {word} {rules[key]:.4g}'
      found.setdefault(int(row), text)
  return found


def hits(values, rule, bound):
  """[N] bool: which are junk by one rule."""
  return values > bound if rule.upper else values < bound


def column(columns, name):
  """[N] of a column; the side is the shorter one."""
  if name == 'side':
    return np.minimum(columns['width'], columns['height'])
  return columns[name]
