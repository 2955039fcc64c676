"""Bytes that are not what they were, by a drawn number; what cannot be read."""

from prune_dm_jax.data import contents


def bad(source, **options):
  """key -> why, of each example of a Source that cannot be read."""
  found = contents.blank(source)
  contents.complete(found, source, **options)
  return contents.bad(found)


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
