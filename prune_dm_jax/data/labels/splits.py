"""Folders that are named as splits are splits, never classes.

  train/cat/1.png   val/cat/2.png   test/3.png     splits, then classes
  cat/1.png         dog/2.png       test/3.png     a split beside classes
  cat/train/1.png   cat/valid/2.png                classes, then splits
  seg_train/cat/1.png   seg_test/cat/2.png         splits, by what differs
  train1/cat/1.png   train2/cat/2.png   val/cat/3.png        in numbered parts
  trainA/1.png   trainB/2.png   testA/3.png        splits of classes A and B
  cat_train/1.png   dog_train/2.png   cat_test/3.png         of cat and dog

A folder around all does not count. What is held out is said by the set itself,
so that none of it is trained on.
"""

import collections
import os
import re
from typing import NamedTuple

TRAIN, HELD_OUT, NEITHER = 'train', 'held out', 'neither'

NAMES = {
  TRAIN: re.compile(r'(train|training)([-_ ]?(set|data|images))?(20\d\d)?'),
  HELD_OUT: re.compile(
    r'(val|valid|validation|dev|test1?|testing|eval|evaluation|h[eo]ld[-_ ]?out)'
    r'([-_ ]?(set|data|images))?(20\d\d)?'
  ),
}
"""role -> what its folders are called, in lower case."""

DOMAIN = re.compile(r'(train|val|test)_?([A-H])')
"""As pairs of sets are named that one is to be changed into the other."""

NUMBER = re.compile(r'^\d+[-_. ]|[-_. ]?[xX]?\d*$')
"""What numbers the parts of a split, as in 01_train, train2 and train.X1."""

WORD = re.compile(r'[^-_. ]+')

BEGINS = re.compile(r'([A-Za-z]+)[-_ ](.+)')
ENDS = re.compile(r'(.+)[-_ ]([A-Za-z]+)')


class Place(NamedTuple):
  """Where a picture is."""

  split: str
  """The name of its split's folder; '': it is in none."""
  role: str
  """TRAIN, HELD_OUT, or NEITHER, a folder beside splits or classes."""
  within: tuple[str, ...]
  """Its folders, less those that are splits."""


def role(name):
  """What a folder of this name would be as a split, or ''."""
  found = [r for r, named in NAMES.items() if named.fullmatch(name.lower())]
  return found[0] if found else ''


def places(dirs):
  """[N] Place of each picture, and what is worth a word.

  Args:
    dirs: [N] tuples, the folders that each picture is in.
  """
  apart = set(dirs)
  root = around(apart)
  kids = below(apart, root)
  found = {folder: judged(those) for folder, those in kids.items()}
  roles = {folder: roles for folder, (roles, _) in found.items()}
  classes = {name for _, name in found.values() if name}
  words = [
    f'{name}/ is a class, as it holds pictures beside other such folders'
    for name in sorted(classes)
  ]
  if roles.get(root):  # What is around the splits is no class either.
    known = {d: place(d, roles, kids, len(root)) for d in apart}
    known = {d: p._replace(within=p.within[len(root) :])
             for d, p in known.items()}  # fmt: skip
  else:
    known = {d: place(d, roles, kids, len(root) + 1) for d in apart}
  return [known[parts] for parts in dirs], words


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
    by_role[role(split)].add(domain)
  of_one = len(set().union(*by_role.values())) < 2
  if of_one or not by_role[TRAIN] & by_role[HELD_OUT]:
    return dirs
  return [d[:at] + parted.get(d[at], ()) + d[at + 1 :] if len(d) > at else d
          for d in dirs]  # fmt: skip


def of_domain(name):
  """(split, class) in the name of a folder, or ()."""
  if found := DOMAIN.fullmatch(name):
    return found.groups()
  if (found := BEGINS.fullmatch(name)) and role(found[1]):
    return found.groups()
  found = ENDS.fullmatch(name)
  return found.groups()[::-1] if found and role(found[2]) else ()


def around(apart):
  """The folders around all pictures that are in one, and are no splits."""
  common = os.path.commonprefix([parts for parts in apart if parts])
  named = [i for i, name in enumerate(common) if role(name)]
  return tuple(common[: named[0]] if named else common)


def below(apart, root):
  """folder -> {a folder in it: whether it holds folders}, at two depths."""
  found = collections.defaultdict(dict)
  for parts in apart:
    for at in range(len(root), min(len(root) + 2, len(parts))):
      kids = found[parts[:at]]
      kids[parts[at]] = kids.get(parts[at], False) or len(parts) > at + 1
  return found


def roles_of(kids):
  """name -> role, of folders in one folder.

  Args:
    kids: name -> whether it holds folders.

  Of names that are alike but for a word, this counts, or what is not their
  number. What stands alone beside what is held out is trained on, if it holds
  folders or is called train_mini.
  """
  names = [*kids]
  exact = {name: role(name) for name in names if role(name)}
  bare = {name: role(NUMBER.sub('', name)) for name in names}
  for roles in (exact | by_word(names), bare):
    if {TRAIN, HELD_OUT} <= {*roles.values()}:
      return {name: found for name, found in roles.items() if found}
  roles = exact or of_ends(names)
  others = [name for name in names if name not in roles]
  if len(others) == 1 and {*roles.values()} == {HELD_OUT}:
    if kids[others[0]] or others[0].lower().startswith('train'):
      roles |= {others[0]: TRAIN}
  return roles


def by_word(names):
  """name -> role, of those that are alike but for a word that is a split.

  seg_train and seg_test, or train_256, val_256 and test_256; not train_a, test_b.
  """
  found = collections.defaultdict(dict)
  for name in names:
    for word in WORD.finditer(name):
      rest = name[: word.start()], name[word.end() :]
      if role(word[0]):
        found[rest][name] = role(word[0])
  both = [r for r in found.values() if {TRAIN, HELD_OUT} <= {*r.values()}]
  return {name: role for roles in both for name, role in roles.items()}


def of_ends(names):
  """name -> role of val_256 and test_256 beside data_256: less what all share."""
  backwards = os.path.commonprefix([name[::-1] for name in names])
  end = re.match(r'(.*[-_ ])?', backwards)[0][::-1]
  begin = re.match(r'(.*[-_ ])?', os.path.commonprefix(names))[0]
  found = {n: role(n.removesuffix(end).removeprefix(begin)) for n in names}
  found = {name: role for name, role in found.items() if role}
  return found if len(found) > 1 else {}


def judged(kids):
  """name -> role of the folders that are splits; one that only could be, or ''.

  One named train beside several others like it is of the vehicle, and valid/
  beside invalid/ is no split.
  """
  roles = roles_of(kids)
  others = [name for name in kids if name not in roles]
  trains = [name for name in roles if roles[name] == TRAIN]
  alike = not any(kids[name] for name in trains) or all(map(kids.get, others))
  vehicle = len(trains) == len(roles) == 1 and len(others) > 1 and alike
  if vehicle or ([*roles] == ['valid'] and 'invalid' in others):
    return {}, min(roles)
  if any(kids[name] or not role(NUMBER.sub('', name)) for name in trains):
    return roles | dict.fromkeys(others, NEITHER), ''
  if len(others) > 1:  # These are the classes.
    roles |= dict.fromkeys(trains, NEITHER)
  return roles, ''


def place(parts, roles, kids, depth):
  """The Place of pictures in these folders, if splits stand at this depth."""
  here = roles.get(parts[:depth], {})
  name = parts[depth] if len(parts) > depth else ''
  if name not in here:
    return Place('', TRAIN, parts)
  within = parts[depth + 1 :]
  if [*kids.get(parts[: depth + 1], ())] == [name]:
    within = within[1:]  # train/train/, as some archives unpack.
  return Place(name, here[name], parts[:depth] + within)
