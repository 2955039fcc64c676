"""A tree of pictures: a folder, or a .zip or .tar of one, which stays packed.

The one way to learn which files are pictures, under which keys: the same tree
has the same keys in all three.
"""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data.walks import archives
from prune_dm_jax.data.walks import folders
from prune_dm_jax.data.walks import tar_files
from prune_dm_jax.data.walks import walked
from prune_dm_jax.data.walks import zip_files

ARCHIVES = {'.zip': zip_files, '.tar': tar_files}


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
  suffix = archives.suffix(path)
  if suffix in archives.PACKED:
    raise ValueError(
      f'{path}: packed as a whole, it cannot be read in place; unpack it '
      f'({archives.PACKED[suffix]} -d -k, or tar -xf into a folder) and give '
      'the .tar or the folder'
    )
  if suffix not in ARCHIVES:
    raise ValueError(
      f'{path}: a {suffix or "file"}, and no folder, .zip or .tar'
      f'{archives.advice(suffix)}'
    )
  room = ARCHIVES[suffix]
  return Tree(suffix, room.walk(path), room.read)
