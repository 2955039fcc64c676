"""Classes by folder: the first folder in which the paths differ.

A folder around all of them is none, be it the only one. Beside folders of classes a single picture,
up to three that are no more than a quarter, or fewer than a tenth are strays;
if more are in no folder, there are no classes. Nor are there where folders only
part files by their numbers:

  00012/img00012345.png   12000/12345.png        StyleGAN and EDM; FFHQ
  00012/000120345.jpg     train-000012/any.jpg   img2dataset; shards of tars

Folders that number parts of a set are passed over, and one that holds the
folders of classes again is none:

  fold1/cat/1.png   fold2/cat/2.png              images_001/images/1.png
  cat/1.png         dog/2.png                    pets/cat/1.png

Nor are first letters, below which a class may be in two folders:

  a/abbey/1.png     a/alley/2.png                b/bakery/shop/3.png
"""

import collections
import os
import re

from prune_dm_jax.data.lists import names as names_lib

FEW = 0.1
"""The share of pictures below which those beside class folders are strays."""

STRAY = 'in no folder of a class'
"""Why a stray is left out."""

SHARD = re.compile(r'\d{5}')
NUMBERED = re.compile(r'(?:shard|part|chunk|train)[-_]\d{4,6}(-of-\d+)?')
PART = re.compile(
  r'((?:.*[-_ ])?(?:fold|part|split|batch|chunk|shard|subset|images?|folder|dir))'
  r'[-_ ]?\d+',
  re.IGNORECASE,
)
SURELY = re.compile(
  r'(.*[-_ ])?(fold|split|batch|chunk|shard|subset|images)([-_ ].*)?'
)
BETWEEN = re.compile(r'(?<=[^\W_])[\s_-]+(?=[^\W_])')
"""What parts words."""

FILE = re.compile(r'(?:img)?(\d{5,})\.\w+')


def depth(dirs, others=()):
  """At which place in a picture's folders its class is; -1: there are none.

  Args:
    dirs: [N] tuples, the folders that each picture is in; or how many are in
      each of these.
    others: Those of pictures that are held out; a folder around all of both is
      no class.
  """
  dirs = collections.Counter(dirs)
  if not dirs:
    return -1
  at = len(os.path.commonprefix([*dirs]))
  inside, total = dirs, dirs.total()
  while inside:
    inside = {parts: n for parts, n in inside.items() if len(parts) > at}
    if not are_few(total - sum(inside.values()), total):
      break
    if len({parts[at] for parts in inside}) > 1:
      return at
    at = len(os.path.commonprefix([*inside])) if inside else at
  at = min(len(os.path.commonprefix([*dirs])), min(map(len, dirs)) - 1)
  apart = {parts[at] for parts in [*dirs, *others] if len(parts) > at >= 0}
  return at if len(apart) > 1 else -1


def are_parts(found):
  """Whether names of `inner` number the parts of a set, as fold1 and fold2 do.

  Of some words, as of folder1, only where no picture is in them but in folders.
  """
  words = {name and name[1].lower() for name in map(PART.fullmatch, found)}
  if len(words) != 1 or None in words:
    return False
  (word,) = words
  loose = any('' in own for own in found.values())
  return not loose or bool(SURELY.fullmatch(word))


def are_letters(found):
  """Whether names of `inner` are the first letters of the folders in them."""
  begins = lambda letter, folder: (
    len(letter) == 1
    and folder[:1].casefold() == letter.casefold()
    and folder[1:2].isalpha()
  )
  return any(len(own) > 1 for own in found.values()) and all(
    begins(name, folder) for name, own in found.items() for folder in own
  )


def inner(within, depth):
  """class -> Counter of pictures by the folders in it, '' for those in none.

  Args:
    within: folders -> number of pictures.
    depth: Of the classes among the folders.
  """
  found = collections.defaultdict(collections.Counter)
  for parts, number in within.items():
    if len(parts) > depth:
      name, *inside = map(names_lib.composed, parts[depth : depth + 2])
      found[name]['/'.join(inside)] += number
  return found


def again(found):
  """Those of `inner` that hold other classes beside them, with as many pictures."""
  beside = {name: own[''] for name, own in found.items()}
  return {
    name
    for name, own in found.items()
    if len(own) > 1 and all(beside.get(n) == size for n, size in own.items())
  }


def doubts(found, again):
  """Words on classes of `inner` that may be meant otherwise."""
  said = [f'{name}/ holds folders of classes again' for name in sorted(again)]
  same, *others = ({*own} for own in found.values())
  if '' in same or len(same) < 2 or any(own != same for own in others):
    return said
  some = ', '.join(f'{name}/' for name in sorted(same)[:3])
  return [
    *said,
    f'each class holds {some} alike; if these are the classes, a metadata.csv can say so',
  ]


def spelled_alike(classes):
  """Words on classes that but for case, spaces, _ and - are called alike."""
  alike = collections.defaultdict(list)
  for name in map(str, classes):
    alike[BETWEEN.sub(' ', name.strip()).casefold()].append(name)
  return [
    f'{names[0]!r} and {names[1]!r} are two classes'
    for names in alike.values()
    if len(names) > 1
  ][:3]


def are_few(number, total):
  return number <= 1 or number < FEW * total or number <= min(3, total / 4)


def are_shards(names):
  """Whether the folder of each file is the beginning of its number, or one."""
  return bool(names) and all(map(in_shard, names))


def in_shard(name):
  *_, folder, file = ('', *name.split('/'))
  if NUMBERED.fullmatch(folder):
    return True
  number = FILE.fullmatch(file)
  if not (SHARD.fullmatch(folder) and number):
    return False
  number = number.group(1)
  if len(number) == 9:
    return number.startswith(folder)
  thousand = int(number) // 1000
  return int(folder) in (thousand, 1000 * thousand) and len(number) in (5, 8)
