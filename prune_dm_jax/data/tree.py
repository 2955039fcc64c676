"""A tree of pictures: a folder, or a .zip or .tar of one, which stays packed.

The one way to learn which files are pictures, under which keys: the same tree
has the same keys in all three.
"""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data import folders
from prune_dm_jax.data import tar_files
from prune_dm_jax.data import walked
from prune_dm_jax.data import zip_files

ARCHIVES = {'.zip': zip_files, '.tar': tar_files}

PACKED = {
  '.gz': 'gzip', '.tgz': 'gzip', '.bz2': 'bzip2', '.tbz': 'bzip2',
  '.tbz2': 'bzip2', '.xz': 'xz', '.txz': 'xz', '.zst': 'zstd', '.tzst': 'zstd',
}  # fmt: skip
"""Suffix -> the program that unpacks it."""

MAGIC = {
  b'\x1f\x8b': '.gz', b'BZh': '.bz2', b'\xfd7zXZ': '.xz',
  b'\x28\xb5\x2f\xfd': '.zst', b'PK\3\4': '.zip',
}  # fmt: skip
"""First bytes -> the suffix that would be right."""


class Tree(NamedTuple):
  kind: str
  walked: walked.Walked
  read: Callable
  """where -> bytes of a picture's file; pickles."""


def walk(path):
  """The Tree at a path.

  Raises:
    ValueError: Why there is none, and what would do.
  """
  path = pathlib.Path(path)
  if path.is_dir():
    return Tree('folder', folders.walk(path), folders.read)
  if not path.is_file():
    raise ValueError(f'{path}: there is no such folder, .zip or .tar')
  suffix = content_suffix(path)
  if suffix in PACKED:
    raise ValueError(
      f'{path}: packed as a whole, it cannot be read in place; unpack it '
      f'({PACKED[suffix]} -d -k, or tar -xf into a folder) and give the .tar '
      'or the folder'
    )
  if suffix not in ARCHIVES:
    raise ValueError(
      f'{path}: a {suffix or "file"}, and no folder, .zip or .tar'
    )
  room = ARCHIVES[suffix]
  return Tree(suffix, room.walk(path), room.read)


def content_suffix(path):
  """The suffix of a file; a .tar that is packed all the same has another."""
  suffix = path.suffix.lower()
  if suffix != '.tar':
    return suffix
  with open(path, 'rb') as file:
    begin = file.read(8)
  found = [right for magic, right in MAGIC.items() if begin.startswith(magic)]
  return found[0] if found else suffix
