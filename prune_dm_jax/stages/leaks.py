"""Copies among the sets that are compared: they flatter what is taken of them.

Of the file, byte for byte, where both are files; of the pixels, wherever they
are. What was cropped or scaled is no copy here.
"""

from typing import Any
from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.data import copies

PAIRS = (
  ('generated', 'training'),
  ('reference', 'training'),
  ('generated', 'reference'),
)  # fmt: skip
"""Roles of sets of which one may have copies of the other's pictures."""

ROLES = ('generated', 'reference', 'training')


class Copies(NamedTuple):
  """How many pictures of one set are copies of another's."""

  role: str
  other: str
  """A role; '' where they are copies of earlier pictures of the same set."""
  one: Any
  two: Any
  """The Set of each role."""
  pixels: int
  files: int | None
  """Of these, those whose whole file is the same; None, if some are arrays."""
  first: tuple[int, int]
  """Which is the first that is a copy, and of which."""

  @property
  def share(self):
    return self.pixels / len(self.one.pictures)


def across(sets):
  """The Copies of every pair of sets that have pictures."""
  shown = with_pictures(sets)
  return [
    counted(role, other, shown[role], shown[other])
    for role, other in PAIRS
    if role in shown and other in shown
  ]


def inside(sets):
  """The Copies within each set that has pictures."""
  return [counted(r, '', s, s) for r, s in with_pictures(sets).items()]


def with_pictures(sets):
  return {r: sets[r] for r in ROLES if r in sets and sets[r].pictures}


def counted(role, other, one, two):
  """The Copies in a Set of another's pictures; of its own, if other is ''."""
  own, theirs = one.pictures, two.pictures
  same = copies.first if other else lambda a, _: copies.earlier(a)
  found, files = same(own.pixels, theirs.pixels), None
  if own.bytes is not None and theirs.bytes is not None:
    files = int((same(own.bytes, theirs.bytes) >= 0).sum())
  at = int(np.argmax(found >= 0))
  number = int((found >= 0).sum())
  return Copies(role, other, one, two, number, files, (at, int(found[at])))


def tell(found):
  """A line for each of the Copies, if there are any."""
  for those in found:
    if not those.pixels:
      continue
    one, two, at = those.one, those.two, those.first
    number = f'{those.pixels} of {len(one.pictures)}'
    files = f' ({those.files} the same file)' if those.files else ''
    names = one.pictures.keys[at[0]], two.pictures.keys[at[1]]
    if those.other:
      logging.warning(
        '%s: %s %s pictures are copies of %s pictures%s, as %s is %s of %s; '
        'they flatter the numbers',
        one.path, number, those.role, those.other, files, *names, two.path,
      )  # fmt: skip
    else:
      logging.warning(
        '%s: %s pictures are copies of an earlier one%s, as %s is %s; each counts',
        one.path, number, files, *names,
      )  # fmt: skip


def doubts(found):
  """Sentences for beside the numbers that Copies across sets flatter."""
  return [
    f'{100 * those.share:.3g} % of the {those.role} pictures are copies of '
    f'{those.other} pictures'
    for those in found
    if those.pixels and those.other
  ]


def rows(found):
  """Rows as those of metrics, of the share of pictures that are copies."""
  return [
    row(those, name, number)
    for those in found
    for name, number in (('', those.pixels), ('files_', those.files))
    if number is not None
  ]


def row(those, kind, number):
  """One row: <role>_in_<other>, or <role>_repeated; of files, <role>_files_..."""
  own, share = len(those.one.pictures), number / len(those.one.pictures)
  name = f'in_{those.other}' if those.other else 'repeated'
  return dict(
    metric=f'{those.role}_{kind}{name}', of=str(those.one.path),
    value=share, low=share, high=share, n=own,
    n_reference=len(those.two.pictures) if those.other else None, backbone='',
    reference=str(those.two.path) if those.other else '', settings={},
    seed=None, warning='',
  )  # fmt: skip
