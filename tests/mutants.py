"""Bytes and values that are not what they were, by a drawn number; and who reads
them says what is wrong in a sentence, or does not mind.
"""

import collections
import copy

import numpy as np

from prune_dm_jax.run import command_line


def flip(data, rng):
  data[rng.integers(len(data))] ^= 1 << rng.integers(8)


def write(data, rng):
  at, size = rng.integers(len(data)), rng.integers(1, 9)
  data[at : at + size] = rng.bytes(min(size, len(data) - at))


def zero(data, rng):
  at, size = rng.integers(len(data)), rng.choice([1, 4, 64, 512])
  data[at : at + size] = bytes(min(size, len(data) - at))


def cut(data, rng):
  del data[rng.integers(len(data)) :]


def remove(data, rng):
  at = rng.integers(len(data))
  del data[at : at + rng.integers(1, 40)]


def repeat(data, rng):
  at = rng.integers(len(data))
  data[at:at] = data[at : at + rng.integers(1, 40)]


WRITTEN_OVER = (flip, flip, write, zero)
DAMAGE = (*WRITTEN_OVER, cut, remove, repeat)


def damaged(whole, rng, ways=DAMAGE):
  """Other bytes, not none."""
  while True:
    data = bytearray(whole)
    ways[rng.integers(len(ways))](data, rng)
    if data and data != whole:
      return bytes(data)


VALUES = (
  None, True, False, 0, -1, 1, 3, 2**31, 2**63, 10**400, 0.5, -0.0, float('nan'),
  float('inf'), 1e308, '', 'a', '0', '\n', '../../x', '/', '\x00', '\ud800',
  '\u202e', [], {}, [0], ['a'], [[]], {'a': 1}, [None], {'': None},
)  # fmt: skip
"""What may stand in the place of any value of a JSON."""


def places(tree):
  """(container, key) of every value in nested dicts and lists."""
  of = tree.items() if isinstance(tree, dict) else enumerate(tree)
  for key, value in list(of):
    yield tree, key
    if isinstance(value, dict | list):
      yield from places(value)


def garbled(tree, rng):
  """A JSON with one value another, taken away, or under another name."""
  tree = copy.deepcopy(tree)
  found = list(places(tree))
  inside, key = found[rng.integers(len(found))]
  way = rng.integers(10)
  if way == 0:
    del inside[key]
  elif way == 1 and isinstance(inside, dict):
    inside[f'{key}x'] = inside.pop(key)
  else:
    inside[key] = VALUES[rng.integers(len(VALUES))]
  return tree


def is_plain(error):
  """Whether a command would say an error in one sentence."""
  if isinstance(error, OSError):
    return bool(error.filename)
  ours = isinstance(error, SystemExit) or (
    isinstance(error, ValueError) and command_line.raised_here(error)
  )
  return ours and len(str(error).splitlines()) == 1 and len(str(error)) < 2000


def outcome(act, what):
  """'read' or 'refused'; raises what is no sentence, and says of what."""
  try:
    act()
    return 'read'
  except (Exception, SystemExit) as error:
    if is_plain(error):
      return 'refused'
    raise AssertionError(f'{what}: {type(error).__name__} {error}') from error


def tried(wholes, number, read, *, ways=DAMAGE, seed=0):
  """Outcomes of read(bytes) for so many damaged ones of some whole ones."""
  rng, found = np.random.default_rng(seed), collections.Counter()
  for i in range(number):
    data = damaged(wholes[i % len(wholes)], rng, ways)
    found[outcome(lambda data=data: read(data), (i, data[:200]))] += 1
  return found
