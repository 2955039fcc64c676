"""Methods in packages of one's own: found by entry point, of what is installed.

  [project.entry-points."prune_dm_jax.methods"]
  mine = "my_package:ROW"

  ROW = dict(needs=('features',), keep='low', options=(), scores=scores)

A ROW has the fields of a row of METHODS. One that cannot be taken is left out, and
a warning says why, so that nothing else depends on it.
"""

import importlib.metadata
import re

from absl import logging

from prune_dm_jax.pruning.method import NEEDS
from prune_dm_jax.pruning.method import Method

GROUP = 'prune_dm_jax.methods'


def found(taken):
  """name -> Method of all that is installed, beside rows that are taken."""
  rows = {}
  for point in importlib.metadata.entry_points(group=GROUP):
    try:
      check_name(point.name, {*taken, *rows})
      row = row_of(point)
      check_options(row, {**taken, **rows})
      rows[point.name] = row
    except (Exception, SystemExit) as error:  # Code that is not ours.
      logging.warning(
        'the method %s of %s is left out: %s: %s', point.name, about(point),
        type(error).__name__, str(error).partition('\n')[0],
      )  # fmt: skip
  return rows


def about(point):
  """The package and its version."""
  return (
    f'{point.dist.name} {point.dist.version}' if point.dist else point.value
  )


def check_name(name, taken):
  if name in taken:
    raise ValueError(f'there is one of that name: {", ".join(sorted(taken))}')
  if not re.fullmatch('[a-z][a-z0-9_]*', name):
    raise ValueError('a name is of lower case, digits and _')


def check_options(row, others):
  """Raises ValueError for keys of config.score that are none, or are others'."""
  known = {name for other in others.values() for name in other.options}
  for name in row.defaults:
    if name in known:
      raise ValueError(
        f'defaults has {name!r}, which config.score has for other methods; take it '
        'by options alone, or call it otherwise'
      )
  for name in row.options:
    if name not in known and name not in row.defaults:
      raise ValueError(
        f'options has {name!r}, which is no key of config.score; give it a value '
        'in defaults'
      )


def row_of(point):
  """The Method that an entry point names; its version is the package's."""
  given = point.load()
  row = given if isinstance(given, Method) else Method(**given)
  if row.keep not in ('high', 'low'):
    raise ValueError(f'keep is {row.keep!r}; choose from high, low')
  if not {*row.needs} <= {*NEEDS} or not row.needs:
    raise ValueError(f'needs is {row.needs!r}; take some of {", ".join(NEEDS)}')
  if not callable(row.scores):
    raise ValueError(f'scores is {row.scores!r}; it must be a function')
  return row._replace(
    needs=tuple(row.needs), paper=False,
    options=(*row.options, *(n for n in row.defaults if n not in row.options)),
    version=about(point),
  )  # fmt: skip
