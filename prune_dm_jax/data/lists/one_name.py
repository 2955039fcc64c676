"""One picture, by its key or by so much of it as means no other.

cat/1.png     its key, in any way that a list may write it
1.png         the end of one key, from a / on
cat/1         the same without a suffix
"""

import difflib
import heapq
import itertools
import os

from prune_dm_jax.data.lists import names

MOST = 5
"""Names that are offered."""

MANY = 1000
"""Keys that are compared with a name: of more, those that begin like it."""


def place(name, source, root=''):
  """The index of the picture that a name means.

  Args:
    name: A key, or the end of one.
    source: The data.
    root: Where the data is, if that may stand before a key.

  Raises:
    ValueError: It means none, or several: which are near.
  """
  if name in source.keys:
    return source.keys.index(name)
  for read in readings(name, source, root):
    for found in (
      ends_so(read, source.keys),
      ends_so(read, stems(source.keys)),
    ):
      if len(found) > 1:
        raise ValueError(
          f'{names.shown(name)} is how {len(found)} keys end: '
          f'{some(source.keys[i] for i in found)}; write more of the one that '
          'is meant'
        )
      if found:
        return found[0]
  bad = getattr(source, 'bad', {})
  if name in bad:
    raise ValueError(
      f'{names.shown(name)} is left out of this data: {bad[name]}'
    )
  raise ValueError(
    f'{names.shown(name)} is no key of this data; near it are '
    f'{some(near(name, source.keys))}'
  )


def readings(name, source, root):
  """A name in each way to read it, as of lists."""
  for _, change in names.ways(root, source):
    name = change(name)
    yield name


def ends_so(name, keys):
  """[n] where a name is a key, or else all of the end of one from a / on."""
  end, whole, ends = f'/{name}', [], []
  for i, key in enumerate(map(names.composed, keys)):
    if key == name:
      whole.append(i)
    elif key.endswith(end):
      ends.append(i)
  return whole or ends


def stems(keys):
  """The keys without their suffixes."""
  for key in keys:
    folder, slash, file = key.rpartition('/')
    yield folder + slash + (file.rpartition('.')[0] or file)


def some(keys):
  """A few keys, so that two that differ look different."""
  few = list(itertools.islice(keys, MOST + 1))
  more = ' ...' * (len(few) > MOST)
  return ', '.join(map(names.shown, few[:MOST])) + more


def near(name, keys):
  """[1 to MOST] keys that are like a name; else what keys look like."""
  holding = [key for key in keys if name and name in key]
  if len(keys) > MANY:
    likeness = lambda key: len(os.path.commonprefix([last(key), last(name)]))
    keys = heapq.nlargest(MANY, keys, key=likeness)
  wanted, plain = names.plain(name), {}
  for key in keys:
    read = names.plain(key)
    plain.setdefault(read, key)
    plain.setdefault(last(read), key)
  found = difflib.get_close_matches(wanted, plain, n=MOST)
  found += difflib.get_close_matches(last(wanted), plain, n=MOST)
  like = list(dict.fromkeys([*holding[:MOST], *(plain[f] for f in found)]))
  return like[:MOST] or [names.likest(name, keys)]


def last(name):
  return name.rsplit('/')[-1]
