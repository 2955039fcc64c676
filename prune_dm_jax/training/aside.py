"""Where what is damaged is moved, so that its name is free and nothing is lost."""

import itertools


def free(path):
  """The path; where there is something, with -2 after it, or -3, and so on."""
  numbered = (path.with_name(f'{path.name}-{n}') for n in itertools.count(2))
  names = itertools.chain([path], numbered)
  return next(name for name in names if not name.exists())
