"""Folders that are named as splits are splits, never classes.

  train/cat/1.png   val/cat/2.png   test/3.png     splits, then classes
  cat/1.png         dog/2.png       test/3.png     a split beside classes
  cat/train/1.png   cat/valid/2.png                classes, then splits
  seg_train/cat/1.png   seg_test/cat/2.png         splits, by what differs
  train1/cat/1.png   train2/cat/2.png   val/cat/3.png        in numbered parts
  train/cat/1.png   test_a/cat/2.png   PublicTest/cat/3.png  of several kinds
  data/train/cat/1.png   data/val/cat/2.png   results/3.png  splits below one
  data/data/train/cat/1.png   data/data/val/cat/2.png   test/3.png
  trainA/1.png   trainB/2.png   testA/3.png        splits of classes A and B
  cat_train/1.png   dog_train/2.png   cat_test/3.png         of cat and dog

A folder around all does not count. What is held out is said by the set itself,
so that none of it is trained on.
"""

import collections
import os
import re
from typing import NamedTuple

from prune_dm_jax.data.labels import split_names

DOMAIN = re.compile(r'(train|val|test)_?([A-H])')
"""As pairs of sets are named that one is to be changed into the other."""

BEGINS = (
  re.compile(r'([A-Za-z]+)[-_ ](.+)'),
  re.compile(r'([A-Z][a-z]+)([A-Z].*)'),
)
ENDS = (
  re.compile(r'(.+)[-_ ]([A-Za-z]+)'),
  re.compile(r'(.*[a-z0-9])([A-Z][a-z]+)'),
)
"""Of train_cat and TrainCat, and of cat_train and CatTrain."""


DEEPEST = 4
"""Folders below what is around all at which splits are found."""


class Place(NamedTuple):
  """Where a picture is."""

  split: str
  """The name of its split's folder; '': it is in none."""
  role: str
  """TRAIN, HELD_OUT, or NEITHER, a folder beside splits or classes."""
  within: tuple[str, ...]
  """Its folders, less those that are splits."""


def places(dirs):
  """[N] Place of each picture, and what is worth a word.

  Args:
    dirs: [N] tuples, the folders that each picture is in.
  """
  apart = set(dirs)
  root = around(apart)
  kids = below(apart, root, DEEPEST)
  found = {f: judged(kids[f]) for f in kids if len(f) < len(root) + 2}
  only = holding_all(kids, found.get(root, ({},))[0], root)
  roles = {folder: roles for folder, (roles, _) in found.items()}
  classes = {name for _, name in found.values() if name}
  words = [
    f'{name}/ is a class, as it holds pictures beside other such folders'
    for name in sorted(classes)
  ]
  if roles.get(root) or only:  # What is around the splits is no class either.
    depth = len(only or root)
    roles |= {only: judged(kids[only])[0]} if only else {}
    known = {d: place(d, roles, kids, depth) for d in apart}
    known = {d: p._replace(within=p.within[depth:]) for d, p in known.items()}
    beside = [d for d in apart if only and d[:depth] != only and d[len(root) :]]
    known |= {d: outside(d[len(root) :]) for d in beside}
  else:
    known = {d: place(d, roles, kids, len(root) + 1) for d in apart}
  return [known[parts] for parts in dirs], words


def outside(parts):
  """The Place of pictures in these folders, beside one that holds all splits."""
  held_out = split_names.role(parts[0]) == split_names.HELD_OUT
  if held_out:
    return Place(parts[0], split_names.HELD_OUT, parts[1:])
  return Place(parts[0], split_names.NEITHER, ())


def holding_all(kids, roles, root):
  """The folder below the root that alone holds splits of folders, or ().

  Args:
    kids: As `below` has them.
    roles: name -> role of folders in the root. What is trained on only as it is
      beside a test/ may hold the splits.
    root: The folders around all.
  """
  trains = [n for n in roles if roles[n] == split_names.TRAIN]
  if any(map(split_names.says, trains)):
    return ()
  holding = {}
  for name in sorted(kids.get(root, ())):
    folder = (*root, name)
    while len(kids.get(folder, ())) == 1:
      folder = (*folder, *kids[folder])
    inner, _ = judged(kids.get(folder, {}))
    if split_names.are_both(inner[n] for n in inner if kids[folder][n]):
      holding.setdefault(name.casefold(), folder)
  return [*holding.values()][0] if len(holding) == 1 else ()


def of_domains(dirs):
  """[N] the folders, of which trainA and testA are train/A and test/A."""
  at = len(os.path.commonprefix([*set(dirs)]))
  parted = {}
  for name in {parts[at] for parts in dirs if len(parts) > at}:
    if not (found := of_domain(name)):
      return dirs
    parted[name] = found
  by_role = collections.defaultdict(set)
  for split, domain in parted.values():
    by_role[split_names.role(split)].add(domain)
  of_one = len(set().union(*by_role.values())) < 2
  if of_one or not by_role[split_names.TRAIN] & by_role[split_names.HELD_OUT]:
    return dirs
  return [d[:at] + parted.get(d[at], ()) + d[at + 1 :] if len(d) > at else d
          for d in dirs]  # fmt: skip


def of_domain(name):
  """(split, class) in the name of a folder, or ()."""
  if found := DOMAIN.fullmatch(name):
    return found.groups()
  for begins in BEGINS:
    if (found := begins.fullmatch(name)) and split_names.role(found[1]):
      return found.groups()
  for ends in ENDS:
    if (found := ends.fullmatch(name)) and split_names.role(found[2]):
      return found.groups()[::-1]
  return ()


def around(apart):
  """The folders around all pictures that are in one, and are no splits."""
  common = os.path.commonprefix([parts for parts in apart if parts])
  named = [i for i, name in enumerate(common) if split_names.role(name)]
  return tuple(common[: named[0]] if named else common)


def below(apart, root, depths=2):
  """folder -> {a folder in it: names of those it holds}, at some depths."""
  found = collections.defaultdict(dict)
  for parts in apart:
    for at in range(len(root), min(len(root) + depths, len(parts))):
      kids = found[parts[:at]]
      kids.setdefault(parts[at], set()).update(parts[at + 1 : at + 2])
  return found


def judged(kids):
  """name -> role of the folders that are splits; one that only could be, or ''.

  One named train beside several others like it is of the vehicle, unless these
  hold the same folders as it; and valid/ beside invalid/ is no split.
  """
  roles = split_names.roles_of(kids)
  others = [name for name in kids if name not in roles]
  trains = [name for name in roles if roles[name] == split_names.TRAIN]
  inner = set().union(*(kids[name] for name in trains))
  alike = not inner or all(map(kids.get, others))
  same = len(inner) > 1 and all(kids[name] <= inner for name in others)
  vehicle = len(trains) == len(roles) == 1 < len(others) and alike and not same
  if vehicle or ([*roles] == ['valid'] and 'invalid' in others):
    return {}, min(roles)
  bare = [split_names.NUMBER.sub('', name) for name in trains]
  if inner or not all(map(split_names.role, bare)):
    return roles | dict.fromkeys(others, split_names.NEITHER), ''
  splits = tuple(name.lower() for name in roles)
  of_them = [name for name in others if name.lower().startswith(splits)]
  if split_names.are_both(roles.values()):  # As trainlabels/ beside train/.
    roles |= dict.fromkeys(of_them, split_names.NEITHER)
  if len([name for name in others if name not in roles]) > 1:  # The classes.
    roles |= dict.fromkeys(trains, split_names.NEITHER)
  return roles, ''


def place(parts, roles, kids, depth):
  """The Place of pictures in these folders, if splits stand at this depth."""
  here = roles.get(parts[:depth], {})
  name = parts[depth] if len(parts) > depth else ''
  if name not in here:
    return Place('', split_names.TRAIN, parts)
  within = parts[depth + 1 :]
  if [*kids.get(parts[: depth + 1], ())] == [name]:
    within = within[1:]  # train/train/, as some archives unpack.
  return Place(name, here[name], parts[:depth] + within)
