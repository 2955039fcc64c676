"""What a walk of a data set finds: pictures, bad ones, and what is left out.

  found = usable + bad + left out

Each walk (folders, zip_files, tar_files) gives the three, so that no file is
lost between them without a word.
"""

from typing import NamedTuple

from prune_dm_jax.data.walks import file_names

MOST_REASONS = 40
"""So many suffixes are told apart."""

FOLDER = 'a folder that is called like a picture'


class Count(NamedTuple):
  number: int
  bytes: int
  example: str


class Walked(NamedTuple):
  found: list
  """[(name, where, size)], a picture each."""
  bad: dict
  """name -> why, of pictures that cannot be used."""
  left_out: dict
  """reason -> Count, of files that are not taken for pictures."""


def empty():
  return Walked([], {}, {})


def put(into, name, where, size, why):
  """Adds a picture: a bad one, if there is a why."""
  if why:
    refuse(into, name, why)
  else:
    into.found.append((name, where, size))


def refuse(into, name, why):
  """A name that is there again is counted again."""
  key = file_names.readable(name)
  while key in into.bad:
    key += ' (again)'
  into.bad[key] = why


def leave_out(into, reason, size, name):
  add(into.left_out, reason, Count(1, size, file_names.readable(name)))


def add(left_out, reason, count):
  """Adds to the Count of a reason; its first example stays."""
  if reason not in left_out and len(left_out) >= MOST_REASONS:
    reason = 'of other suffixes'
  number, size, example = left_out.get(reason, (0, 0, count.example))
  left_out[reason] = Count(number + count.number, size + count.bytes, example)


def less(left_out, used):
  """The same without files that are used, name -> size."""
  rest = dict(left_out)
  for name, size in used.items():
    why = file_names.why_left_out(name)
    number, total, example = rest.pop(why, (1, size, name))
    if number > 1:
      rest[why] = Count(number - 1, total - size, example)
  return rest


def below(left_out, prefix):
  """The same of a folder, as seen from the folder that it is in."""
  return {
    reason: count._replace(example=prefix + count.example)
    for reason, count in left_out.items()
  }


def together(*several):
  """reason -> Count, of several of those."""
  total = {}
  for left_out in several:
    for reason, count in left_out.items():
      add(total, reason, count)
  return total
