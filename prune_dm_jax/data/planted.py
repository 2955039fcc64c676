"""A real set, with some of each of KINDS planted at places that are known.

  pictures/class-03/000012.png
  planted.tsv                     key, kind, of, true_label, label

No picture is used twice, and what a file is called is drawn, so that it says
nothing of what it holds. A set without classes has no folders of them.
"""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.data.planted_kinds import KINDS
from prune_dm_jax.data.planted_kinds import OF_CLASSES
from prune_dm_jax.data.planted_kinds import TWINS
from prune_dm_jax.data.planted_kinds import png

PICTURES = 'pictures'
TABLE = 'planted.tsv'
HEAD = ('key', 'kind', 'of', 'true_label', 'label')


class Plan(NamedTuple):
  """[n] each: the pictures of the new set, in its order."""

  kind: np.ndarray
  """'' where a picture is as it was."""
  of: np.ndarray
  """Its row in the set that it is made of."""
  label: np.ndarray


def possible(kinds, labels):
  """Those of some kinds that there can be, of labels [N]."""
  classes = (labels >= 0).all() and len(np.unique(labels)) > 1
  return tuple(kind for kind in kinds if classes or kind not in OF_CLASSES)


def plan(rows, labels, *, kinds, each, seed):
  """The Plan of a set that has some of each kind.

  Args:
    rows: [N] where the pictures are in the set that they are of.
    labels: [N] int, -1: none.
    kinds: Names of KINDS.
    each: How many are planted of each.
    seed: Of which, and where.

  Raises:
    ValueError: There are too few pictures.
  """
  rng, kind = np.random.default_rng(seed), np.full(len(rows), '', object)
  out = np.zeros(0, int)
  if 'rare class' in kinds:
    rare, out = one_class(labels, each, rng)
    kind[rare] = 'rare class'
  used = {}
  free = rng.permutation(np.setdiff1d(np.flatnonzero(kind == ''), out))
  others = [name for name in kinds if name != 'rare class']
  if len(free) < len(others) * each:
    raise ValueError(
      f'{len(rows)} pictures are too few for {each} of each of {len(others)} '
      'kinds; plant a smaller --share, or take more --pictures'
    )
  for number, name in enumerate(others):
    used[name] = free[number * each : (number + 1) * each]
    if name not in TWINS:
      kind[used[name]] = name
  twins = [name for name in others if name in TWINS]
  stay = np.setdiff1d(np.arange(len(rows)), out)
  source = np.concatenate([stay, *(used[name] for name in twins)])
  kind = np.concatenate([kind[stay], np.repeat(np.array(twins, object), each)])
  order = rng.permutation(len(source))
  kind, source = kind[order], source[order]
  given = labels[source]
  wrong = kind == 'wrong label'
  given[wrong] = [another(labels, own, rng) for own in given[wrong]]
  return Plan(kind, rows[source], given)


def one_class(labels, each, rng):
  """Places of the pictures of a class that stay, and of those that do not."""
  classes, sizes = np.unique(labels, return_counts=True)
  if sizes.max() <= each:
    raise ValueError(
      f'no class has more than {each} pictures, so that none can be made rare; '
      'plant a smaller --share, or take more --pictures'
    )
  name = rng.choice(classes[sizes > each])
  places = rng.permutation(np.flatnonzero(labels == name))
  return places[:each], places[each:]


def another(labels, own, rng):
  """The label of a picture that is of another class."""
  return rng.choice(labels[labels != own])


def partners(found):
  """[n, 2] places in a Plan, a twin and its picture each, by kind and place."""
  place = {
    row: i for i, row in enumerate(found.of) if found.kind[i] not in TWINS
  }
  twins = np.flatnonzero(np.isin(found.kind, TWINS))
  return np.array([(i, place[found.of[i]]) for i in twins], int).reshape(-1, 2)


def key(place, label):
  """What the picture at a place is called."""
  folder = f'class-{label:03d}/' if label >= 0 else ''
  return f'{folder}{place:07d}.png'


def write(folder, found, source, other, seed):
  """Writes the pictures of a Plan, one after the other, and the table.

  Args:
    folder: A pathlib.Path that is there.
    found: Plan.
    source: The set that it is of, which is only read.
    other: (generator) -> uint8 [h, w, c] a picture of another set.
    seed: Of what is drawn in a picture.
  """
  lines = ['\t'.join(HEAD)]
  for place, (kind, row, label) in enumerate(zip(*found, strict=True)):
    picture = source.image(int(row))
    if kind:
      rng = np.random.default_rng([seed, place])
      drawn = other(rng) if kind == 'foreign' else None
      picture = KINDS[kind].make(picture, rng, drawn)
    name = key(place, label)
    path = folder / PICTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(picture))
    words = (name, kind, source.keys[row], source.labels[row], label)
    lines.append('\t'.join(map(str, words)))
  (folder / TABLE).write_text('\n'.join(lines) + '\n')
