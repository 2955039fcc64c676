"""Classes by folder: the first folder in which the paths differ.

A folder around all of them is none, be it the only one. Beside folders of classes a single picture,
up to three that are no more than a quarter, or fewer than a tenth are strays;
if more are in no folder, there are no classes. Nor are there where folders only
part files by their numbers:

  00012/img00012345.png   12000/12345.png        StyleGAN and EDM; FFHQ
  00012/000120345.jpg     train-000012/any.jpg   img2dataset; shards of tars
"""

import collections
import os
import re

FEW = 0.1
"""The share of pictures below which those beside class folders are strays."""

STRAY = 'in no folder of a class'
"""Why a stray is left out."""

SHARD = re.compile(r'\d{5}')
NUMBERED = re.compile(r'(?:shard|part|chunk|train)[-_]\d{4,6}(-of-\d+)?')
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
