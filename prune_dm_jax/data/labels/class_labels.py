"""Which class each picture is of, and what is done with each split.

Classes are those of the pictures to train on, by their table or their folders.
Of the set's other splits, pictures of these classes are held out, and those of
none are left out: they can be neither trained on nor compared with. Where there
are no classes at all, the other splits are held out as they are.
"""

import collections
import itertools
import os
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import given_labels
from prune_dm_jax.data.labels import masks
from prune_dm_jax.data.labels import named_values
from prune_dm_jax.data.labels import splits
from prune_dm_jax.data.lists import names as names_lib


class Labelled(NamedTuple):
  """N pictures, sorted out."""

  labels: np.ndarray
  """[N] int, -1: none."""
  class_names: tuple[str, ...]
  held_out: np.ndarray
  """[N] bool."""
  left_out: dict
  """name -> why, of strays, and of pictures in splits that are of no class."""
  bad: dict
  """name -> why, of pictures to train on that a table gives no class."""
  words: list
  """What is done with each split."""


def labelled(names, given=given_labels.NOTHING):
  """The Labelled pictures of these names.

  Args:
    names: [N] paths within the set.
    given: Labels that are given by a table.
  """
  places, words = places_of(names)
  train = np.array([place.role == splits.TRAIN for place in places], bool)
  if nothing_named(places, train):
    words = [*words, 'none is held out by name, as there is no train/']
    train[:] = True
  if given.final:
    found = [given.labels.get(name) for name in names]
    return sorted_out(names, places, train, found, given.why, words)
  found, said = by_folders(names, places, train)
  done = sorted_out(
    names, places, train, found, lambda name: class_folders.STRAY, words + said
  )
  return done._replace(left_out=done.left_out | done.bad, bad={})


def places_of(names):
  """[N] Place of each picture, and words; those of one folder are in one."""
  folders = [name.rpartition('/')[0] for name in names]
  apart = [*dict.fromkeys(folders)]
  dirs = [(*folder.split('/'),) if folder else () for folder in apart]
  dirs, said = named_values.read(dirs)
  dirs, masked = masks.apart(splits.of_domains(dirs))
  places, words = splits.places(dirs)
  places = [
    place._replace(split=mask, role=splits.NEITHER) if mask else place
    for place, mask in zip(places, masked, strict=True)
  ]
  known = dict(zip(apart, places, strict=True))
  return [known[folder] for folder in folders], said + words


def nothing_named(places, train):
  """Whether there are splits, but beside them no more than strays."""
  others = [places[i] for i in np.flatnonzero(train)]
  loose = not any(place.split or place.within for place in others)
  few = class_folders.are_few(len(others), len(places))
  return len(others) < len(places) and loose and few


def by_folders(names, places, train):
  """[N] names of classes, or None, by the folders of what is trained on; words."""
  chosen = np.flatnonzero(train)
  within = [places[i].within for i in chosen]
  others = [places[i].within for i in np.flatnonzero(~train)]
  depth, none = class_folders.depth(within, others), [None] * len(names)
  if class_folders.are_shards([names[i] for i in chosen]):
    return none, ['its folders part the files by their numbers']
  if depth < 0:
    around = os.path.commonprefix(within)
    loose = sum(len(parts) == len(around) for parts in within)
    said = f'{loose:,} of {len(within):,} are in no folder'
    one = [f'{"/".join(around)}/ is around all, and no class'] if around else []
    return none, [*one, *([said] if loose < len(within) else [])]
  return [class_of(place.within[depth:]) for place in places], []


def class_of(folders):
  """The first of the folders from where classes are, or None; in one spelling,
  as of an accent systems have two.
  """
  return names_lib.composed(folders[0]) if folders else None


def sorted_out(names, places, train, found, why, words):
  """The Labelled pictures, of classes found [N]."""
  trained = itertools.compress(found, train.tolist())
  classes = sorted({*trained} - {None})
  place_of = {name: i for i, name in enumerate(classes)}
  labels = np.array([place_of.get(one, -1) for one in found], int)
  other = np.array([p.role == splits.NEITHER for p in places], bool)
  left_out = other | (~train & (labels < 0) & bool(classes))
  unused = train & (labels < 0) & bool(classes)
  held_out = ~train & ~left_out
  out = {
    names[i]: f'in {place.split}/, a picture of {why_not(place, found[i])}'
    for i, place in enumerate(places)
    if left_out[i]
  }
  said = of_splits(places, found, held_out, left_out, unused)
  return Labelled(
    labels,
    tuple(map(str, classes)),
    held_out,
    out,
    {names[i]: why(names[i]) for i in np.flatnonzero(unused)},
    [', '.join(said), *words] if said else words,
  )


def why_not(place, label):
  """Why a picture with a label or None, at its Place, is left out."""
  if place.role == splits.NEITHER:
    return 'neither split nor class'
  return 'no class' if label is None else 'a class not trained on'


def of_splits(places, found, held_out, left_out, unused):
  """What is done with the pictures of each split, in words."""
  if not any(place.split for place in places):
    return []
  counts = collections.defaultdict(collections.Counter)
  rows = zip(places, found, held_out, left_out, unused, strict=True)
  for place, label, held, left, bad in rows:
    why = f' left out: {why_not(place, label)}' if left else ''
    counts[place.split][' held out' if held else why] += not bad
  named = sorted(
    counts, key=lambda name: (splits.role(name) != splits.TRAIN, name)
  )
  return [
    f'{name or "in no split"} {number:,}{done}'
    for name in named
    for done, number in sorted(counts[name].items())
    if number
  ]
