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
from prune_dm_jax.data.labels import placed
from prune_dm_jax.data.labels import split_names
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
  used: dict = {}
  """name -> bytes of each list of a split."""


class Groups(NamedTuple):
  """Pictures that are sorted out as one: of a folder, or one that a table has."""

  places: list
  """[G] Place of each."""
  train: np.ndarray
  """[G] bool."""
  sizes: np.ndarray
  """[G] int."""


def labelled(names, given=given_labels.NOTHING, lists=None):
  """The Labelled pictures of these names.

  Args:
    names: [N] paths within the set.
    given: Labels that are given by a table.
    lists: names -> what split_lists.given says, asked where no folder is a split.
  """
  places, at, words = placed.places(names)
  if not lists or any(p.role == split_names.HELD_OUT for p in places):
    return of_places(names, places, at, words, given)
  own = [place.role == split_names.TRAIN for place in places]
  trained = itertools.compress(names, map(own.__getitem__, at.tolist()))
  found, said, used = lists([*trained])
  if found:
    places = [
      as_listed(places[i], found.get(n)) for i, n in zip(at, names, strict=True)
    ]
    at = np.arange(len(names))
  done = of_places(names, places, at, words + said, given)
  return done._replace(used=used)


def as_listed(place, said):
  """The Place of a picture of which (list, role) is said, or None."""
  return place._replace(split=said[0], role=said[1]) if said else place


def of_places(names, places, at, words, given):
  """The Labelled pictures of names, by the Places `at` which they are."""
  sizes = np.bincount(at)
  train = np.array([place.role == split_names.TRAIN for place in places], bool)
  if nothing_named(places, train, sizes):
    words = [*words, 'none is held out by name, as there is no train/']
    train[:] = True
  if given.final:
    found = [given.labels.get(name) for name in names]
    groups = Groups([places[i] for i in at], train[at], np.ones_like(at))
    return sorted_out(
      names, np.arange(len(at)), groups, found, given.why, words
    )
  trained = [*itertools.compress(names, train[at].tolist())]
  groups = Groups(places, train, sizes)
  found, said = by_folders(groups, class_folders.are_shards(trained))
  why = lambda name: class_folders.STRAY
  done = sorted_out(names, at, groups, found, why, words + said)
  return done._replace(left_out=done.left_out | done.bad, bad={})


def nothing_named(places, train, sizes):
  """Whether there are splits, but beside them no more than strays."""
  loose = not any(
    p.split or p.within for p in itertools.compress(places, train)
  )
  few = class_folders.are_few(sizes[train].sum(), sizes.sum())
  return not train.all() and loose and few


def by_folders(groups, shards):
  """[G] names of classes, or None, by the folders of what is trained on; words.

  Args:
    groups: Groups, each of one folder.
    shards: Whether folders part the files by their numbers.
  """
  within, others = collections.Counter(), set()
  for place, train, size in zip(*groups, strict=True):
    if train:
      within[place.within] += int(size)
    else:
      others.add(place.within)
  depth, none = class_folders.depth(within, others), [None] * len(groups.places)
  if shards:
    return none, ['its folders part the files by their numbers']
  if depth < 0:
    return none, in_no_folder(within)
  inner = class_folders.inner(within, depth)
  if class_folders.are_parts(inner):
    found, said = by_folders(less(groups, depth, inner), shards)
    return found, [f'{min(inner)}/ and others are parts, no classes', *said]
  if class_folders.are_letters(inner):
    groups = whole(less(groups, depth, inner), depth)
    found, said = by_folders(groups, shards)
    return found, [f'{min(inner)}/ and others are letters, no classes', *said]
  again = class_folders.again(inner)
  found = [class_of(place.within[depth:]) for place in groups.places]
  found = [None if name in again else name for name in found]
  return found, class_folders.doubts(inner, again)


def in_no_folder(within):
  """Words on pictures, folders -> number, of which none is of a class."""
  around = os.path.commonprefix([*within])
  loose, total = within[(*around,)], within.total()
  said = f'{loose:,} of {total:,} are in no folder'
  one = [f'{"/".join(around)}/ is around all, and no class'] if around else []
  return [*one, *([said] if loose < total else [])]


def less(groups, depth, names):
  """The Groups as if folders of these names at a depth were none."""

  def left(parts):
    there = len(parts) > depth and names_lib.composed(parts[depth]) in names
    return parts[:depth] + parts[depth + 1 :] if there else parts

  places = [p._replace(within=left(p.within)) for p in groups.places]
  return groups._replace(places=places)


def whole(groups, depth):
  """The Groups with folders at a depth and below as one, where no picture is in
  the first; if some are.
  """
  loose = {p.within[depth] for p in groups.places if len(p.within) == depth + 1}

  def joined(parts):
    stays = not loose or len(parts) <= depth or parts[depth] in loose
    return parts if stays else (*parts[:depth], '/'.join(parts[depth:]))

  places = [p._replace(within=joined(p.within)) for p in groups.places]
  return groups._replace(places=places)


def class_of(folders):
  """The first of the folders from where classes are, or None; in one spelling,
  as of an accent systems have two.
  """
  return names_lib.composed(folders[0]) if folders else None


def sorted_out(names, at, groups, found, why, words):
  """The Labelled pictures [N], of Groups `at` [N], of classes found [G]."""
  places, train, _ = groups
  trained = itertools.compress(found, train.tolist())
  classes = sorted({*trained} - {None})
  place_of = {name: i for i, name in enumerate(classes)}
  labels = np.array([place_of.get(one, -1) for one in found], int)
  other = np.array([p.role == split_names.NEITHER for p in places], bool)
  left_out = other | (~train & (labels < 0) & bool(classes))
  unused = train & (labels < 0) & bool(classes)
  held_out = ~train & ~left_out
  reasons = {
    i: f'in {places[i].split}/, a picture of {why_not(places[i], found[i])}'
    for i in np.flatnonzero(left_out).tolist()
  }
  said = of_splits(groups, found, held_out, left_out, unused)
  return Labelled(
    labels[at],
    tuple(map(str, classes)),
    held_out[at],
    {names[i]: reasons[at[i]] for i in np.flatnonzero(left_out[at])},
    {names[i]: why(names[i]) for i in np.flatnonzero(unused[at])},
    [
      *([', '.join(said)] if said else []),
      *words,
      *class_folders.spelled_alike(classes),
    ],
  )


def why_not(place, label):
  """Why a picture with a label or None, at its Place, is left out."""
  if place.role == split_names.NEITHER:
    return 'neither split nor class'
  return 'no class' if label is None else 'a class not trained on'


def of_splits(groups, found, held_out, left_out, unused):
  """What is done with the pictures of each split, in words."""
  if not any(place.split for place in groups.places):
    return []
  counts = collections.defaultdict(collections.Counter)
  rows = zip(
    groups.places, groups.sizes, found, held_out, left_out, unused, strict=True
  )
  for place, size, label, held, left, bad in rows:
    why = f' left out: {why_not(place, label)}' if left else ''
    counts[place.split][' held out' if held else why] += 0 if bad else size
  named = sorted(
    counts, key=lambda name: (split_names.role(name) != split_names.TRAIN, name)
  )
  return [
    f'{name or "in no split"} {number:,}{done}'
    for name in named
    for done, number in sorted(counts[name].items())
    if number
  ]
