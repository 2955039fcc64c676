"""Weights of published networks: a safetensors file each, or a known package's.

They are not ours to hand on: `prune-dm fetch` takes them from where they are
published so, who has another file of them converts it once, with `prune-dm
convert`, and names are checked to the last one.
"""

import re

from safetensors import numpy as safetensors

from prune_dm_jax.features import packages


def read(path):
  """Official name -> array, of a safetensors file or one in a package."""
  check_file(path, 'the published file of that network')
  if path.suffix != '.safetensors':
    return packages.read(path)
  return arrays(path)


def arrays(path):
  """Name -> array, of a file of safetensors."""
  try:
    return safetensors.load_file(path)
  except OSError:
    raise
  except Exception as error:  # Of safetensors, or of a type numpy has not.
    raise ValueError(
      f'{path}: no whole file of safetensors ({error}); fetch or convert it again'
    ) from None


def check_file(path, source, *, fetched='', package=None):
  """Raises ValueError that says what brings a file that is missing.

  Args:
    path: Where it should be.
    source: What it can be converted from.
    fetched: What it is called by `fetch`, if that finds it.
    package: The Package that has the same weights, if one has.
  """
  if path.is_file():
    if path.suffix != '.safetensors':
      packages.check(path)
    return
  fetch = f'prune-dm fetch {fetched} --weights={path.parent}'
  raise ValueError(
    f'{path.name} is not in {path.parent}: '
    + (f'{package.ways} is enough, or ' if package else '')
    + (f'`{fetch}` fetches it, or ' if fetched else '')
    + f'`prune-dm convert SOURCE {path}` makes it, SOURCE being '
    + source
  )


def check_names(given, expected, *, of, superfluous='$^'):
  """Raises ValueError that names what is missing and what is not known.

  Args:
    given: Names that a file has.
    expected: Names that the network needs.
    of: The network.
    superfluous: What may be there as well, matched from its beginning.
  """
  missing = sorted(set(expected) - set(given))
  unknown = [
    name
    for name in sorted(set(given) - set(expected))
    if not re.match(superfluous, name)
  ]
  if missing or unknown:
    raise ValueError(
      f'these are not the weights of {of}: {listed(missing)} missing, '
      f'{listed(unknown)} not known'
    )


def listed(names, *, most=4):
  """The first few names, and how many more there are."""
  more = f' and {len(names) - most} more' if len(names) > most else ''
  return (', '.join(names[:most]) or 'nothing') + more
