"""How many are kept of each class and of each cluster."""

from typing import NamedTuple

import numpy as np


class Count(NamedTuple):
  """A class or a cluster, before and after."""

  value: int
  name: str
  before: int
  kept: int


def by(values, kept, name):
  """A Count for each value, the largest before pruning first.

  Args:
    values: [n] int, a class or a cluster each.
    kept: [n] bool.
    name: value -> str.
  """
  found, inverse, before = np.unique(
    values, return_inverse=True, return_counts=True
  )
  after = np.bincount(inverse[kept], minlength=len(found))
  order = np.argsort(-before, kind='stable')
  return [
    Count(int(found[i]), name(found[i]), int(before[i]), int(after[i]))
    for i in order
  ]


def empty(values, kept, name):
  """Names of the values of which nothing is kept, the largest first."""
  return [count.name for count in by(values, kept, name) if not count.kept]


SEVERAL = {'class': 'classes', 'cluster': 'clusters'}


def nothing_kept(kind, names, *, most=8):
  """A sentence on those of `kind`, a key of SEVERAL, that are left empty."""
  whose = kind if len(names) == 1 else f'{len(names)} {SEVERAL[kind]}'
  listed = ', '.join(names[:most])
  more = f' and {len(names) - most} more' if len(names) > most else ''
  return (
    f'Nothing is kept of the {whose} {listed}{more}; '
    '--config.select.at_least=1 keeps one of each, another number as many.'
  )
