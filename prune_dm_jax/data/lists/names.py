"""Names of a list found among keys, though they may be written differently.

Accents may be apart (NFD, as a Mac has them), folders parted by \\ (Windows), a
./ or the folder of the data in front. A way to read them is taken only if by it
every name is one key.
"""

import collections
import itertools
import os
import pathlib
import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from absl import logging

from prune_dm_jax.data.walks import file_names


def places(names, path, source, root=''):
  """The index of each name.

  Args:
    names: [M] str.
    path: Of the list, for what is said of it.
    source: The data, whose keys are N.
    root: Where the data is, if that may stand before a name.

  Returns:
    [M] int64.

  Raises:
    ValueError: A name that is no key, and what keys look like.
  """
  exact = positions(names, source.keys)
  if -1 not in exact:
    return exact
  alone, read = only_once([composed(key) for key in source.keys]), names
  for how, change in ways(root, source):
    read = [change(name) for name in read]
    found = [alone.get(name, -1) for name in read]
    if -1 not in found:
      say(how, names, found, path, source.keys)
      return np.array(found, np.int64)
  unknown = [
    name for name, *at in zip(names, exact, found, strict=True) if max(at) < 0
  ]
  raise ValueError(f'{path}: {why_not(names, unknown, source, root)}')


def positions(names, keys):
  """[M] int64, the place of each name among keys, to the letter, or -1."""
  names, keys = (
    pa.array(
      [text.encode('utf-8', 'surrogatepass') for text in texts], 'binary'
    )
    for texts in (names, keys)
  )
  return pc.index_in(names, keys).fill_null(-1).to_numpy().astype(np.int64)


def composed(text):
  return text if text.isascii() else unicodedata.normalize('NFC', text)


def only_once(keys):
  """key -> its place, of those that are there once; -1 of the others."""
  found = dict(zip(keys, itertools.count()))
  if len(found) < len(keys):
    counts = collections.Counter(keys)
    found |= {key: -1 for key, count in counts.items() if count > 1}
  return found


def ways(root, source):
  """(how, change) in turn, each on top of those before it."""
  return (
    ('with accents as one character (Unicode NFC)', composed),
    ('without a ./ in front', lambda name: name.removeprefix('./')),
    ('with / for \\', lambda name: name.replace('\\', '/')),
    ('without the folder of the data in front', within(root, source)),
  )


def within(root, source):
  """name -> the name without ./ or the data's folder, whole or from its end, or
  what an archive has around all.
  """
  fronts = []
  if root:
    given = composed(pathlib.Path(root).as_posix())
    whole = composed(pathlib.Path(os.path.abspath(root)).as_posix())
    real = composed(pathlib.Path(os.path.realpath(root)).as_posix())
    parts = whole.strip('/').split('/')
    ends = ['/'.join(parts[i:]) for i in range(len(parts))]
    fronts = [
      re.escape(front.rstrip('/')) for front in (given, whole, real, *ends)
    ]
  around = re.escape(composed(getattr(source, 'around', '')))
  front = re.compile(rf'(?:\./)*(?:(?:{"|".join(fronts)})/)?(?:{around})?')
  return lambda name: name[front.match(name).end() :]


def say(how, names, found, path, keys):
  other = [(n, keys[i]) for n, i in zip(names, found, strict=True)]
  other = [(name, key) for name, key in other if name != key]
  logging.info(
    '%s: %d of %d names were matched %s, as %s, which is %s',
    path, len(other), len(names), how, *map(shown, other[0]),
  )  # fmt: skip


def why_not(names, unknown, source, root):
  """What is wrong with names of which `unknown` are no keys in any way."""
  if not unknown:
    return (
      'its names are written in several ways; write each as the data has it, '
      f'as {shown(source.keys[0])}'
    )
  name = unknown[0]
  if why := why_aside(name, source, root):
    return f'{shown(name)} is there, but left out of this data: {why}'
  said = (
    f'{shown(name)} is no key of this data, whose keys look like '
    f'{shown(likest(name, source.keys))}'
  )
  if all(name.strip().isdecimal() for name in names):
    said += '; indices are read from .npy or .npz'
  others = len(unknown) - 1
  return f'{said}; nor are {others} more' if others else said


def why_aside(name, source, root):
  """Why what a list names is no example, though it is there; or ''."""
  as_keys = within(root, source)(composed(name).replace('\\', '/'))
  known = getattr(source, 'bad', {}) | getattr(source, 'aside', {})
  if why := known.get(name) or known.get(as_keys):
    return why
  there = root and '..' not in as_keys and os.path.isfile(f'{root}/{as_keys}')
  return file_names.why_left_out(as_keys) if there else ''


def likest(name, keys):
  """A key that prints as the name does, else one of its last part, else any."""
  wanted = plain(name)
  last = wanted.rsplit('/')[-1]
  same = (key for key in keys if plain(key) == wanted)
  near = (key for key in keys if plain(key).split('/')[-1] == last)
  return next(same, None) or next(near, None) or keys[0]


def plain(text):
  """What is left of a text if only what it looks like counts, more or less."""
  text = unicodedata.normalize('NFKC', text).casefold()
  return text.replace('\\', '/').strip('\ufeff ')


def shown(name):
  """A name as two that differ look different: with escapes, if not ASCII."""
  return repr(name) if name.isascii() else f'{name!r} ({ascii(name)})'
