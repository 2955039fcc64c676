"""What a folder would be as a split, by its name and those of what is beside it."""

import collections
import itertools
import os
import re

TRAIN, HELD_OUT, NEITHER = 'train', 'held out', 'neither'

NAMES = {
  TRAIN: re.compile(
    r'(train|training|train[-_]?val)([-_ ]?(set|data|images))?(20\d\d)?'
  ),
  HELD_OUT: re.compile(
    r'(val|valid|validation|dev|test1?|testing|eval|evaluation|h[eo]ld[-_ ]?out)'
    r'([-_ ]?(set|data|images))?(20\d\d)?'
  ),
}
"""role -> what its folders are called, in lower case."""

NUMBER = re.compile(r'^\d+[-_. ]|[-_. ]?[xX]?\d*$')
"""What numbers the parts of a split, as in 01_train, train2 and train.X1."""

WORD = re.compile(r'[^-_. ]+')
IN_CAPITALS = re.compile(r'[A-Z]?[a-z]+|[A-Z]+')
"""Words, as well, of PublicTest, testA and val1k."""


def role(name):
  """What a folder of this name would be as a split, or ''."""
  found = [r for r, named in NAMES.items() if named.fullmatch(name.lower())]
  return found[0] if found else ''


def are_both(roles):
  """Whether some are trained on and some held out."""
  return {TRAIN, HELD_OUT} <= {*roles}


def roles_of(kids):
  """name -> role, of folders in one folder.

  Args:
    kids: name -> names of the folders in it.

  Of names that are alike but for a word, this counts, or what is not their
  number. What stands alone beside what is held out is trained on, if it holds
  folders or is called train_mini.
  """
  names = [*kids]
  less = {name: NUMBER.sub('', name) for name in names}
  times = collections.Counter(less.values())
  once = [n for n in names if n == less[n] or times[less[n]] == 1]
  exact = {name: role(name) for name in once if role(name)}
  bare = {name: role(less[name]) for name in names if role(less[name])}
  roles = bare | exact | of_kinds(kids, exact) | by_word(once)
  if are_both(roles.values()):
    return roles
  roles = exact or of_ends(names) or of_two(kids, bare)
  others = [name for name in names if name not in roles]
  if len(others) == 1 and {*roles.values()} == {HELD_OUT}:
    if kids[others[0]] or others[0].lower().startswith('train'):
      roles |= {others[0]: TRAIN}
  return roles


def by_word(names):
  """name -> role, of those that are alike but for a word that is a split.

  seg_train and seg_test, VOCtrainval_07 and VOCtest_07, or train_256, val_256 and
  test_256; not train_a, test_b.
  """
  found = collections.defaultdict(dict)
  for name in names:
    words = WORD.finditer(name), IN_CAPITALS.finditer(name)
    for word in itertools.chain(*words):
      rest = name[: word.start()], name[word.end() :]
      if role(word[0]):
        found[rest][name] = role(word[0])
  both = [roles for roles in found.values() if are_both(roles.values())]
  return {name: role for roles in both for name, role in roles.items()}


def of_kinds(kids, exact):
  """name -> HELD_OUT of test_a and PublicTest, if there are no others beside
  splits, or they hold folders that train/ holds.
  """
  inner = set().union(*(kids[n] for n in exact if exact[n] == TRAIN))
  found = {
    name
    for name in kids.keys() - exact.keys()
    if HELD_OUT in map(role, IN_CAPITALS.findall(name))
  }
  all_are = len(found) + len(exact) == len(kids)
  return {n: HELD_OUT for n in found if all_are or kids[n] & inner}


def of_ends(names):
  """name -> role of val_256 and test_256 beside data_256: less what all share.

  Of val_256 alone, too, but not of one that may be of a test as blood_test is.
  """
  backwards = os.path.commonprefix([name[::-1] for name in names])
  end = re.match(r'(.*[-_ ])?', backwards)[0][::-1]
  begin = re.match(r'(.*[-_ ])?', os.path.commonprefix(names))[0]
  found = {n: role(n.removesuffix(end).removeprefix(begin)) for n in names}
  found = {name: role for name, role in found.items() if role}
  alone = len(found) == 1 and (TRAIN in found.values() or 'test' in min(found))
  return {} if alone else found


def of_two(kids, bare):
  """name -> role of eval15 beside our485, if both hold the same folders."""
  first, *rest = kids.values() or [set()]
  return bare if first and rest == [first] else {}


def says(name):
  """Whether a word of a name is one of a split."""
  return any(map(role, IN_CAPITALS.findall(name)))
