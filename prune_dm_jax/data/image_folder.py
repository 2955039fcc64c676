"""Your own pictures: a folder of them, or a .zip of one.

If all are in folders, a class is a folder: the first in which the paths differ,
so that a folder around all of them is none.
"""

import os
import pathlib

import numpy as np

from prune_dm_jax.data import folders
from prune_dm_jax.data import source
from prune_dm_jax.data import tables
from prune_dm_jax.data import zip_files


def open_folder(path):
  """The Source of a folder, or of a .zip which is read in place."""
  path = pathlib.Path(path)
  if tables.layout_of(path):
    return tables.open_tables(path)
  if path.is_dir():
    (found, bad), read, kind = folders.walk(path), folders.read, 'folder'
  elif path.suffix.lower() == '.zip' and path.is_file():
    (found, bad), read, kind = zip_files.walk(path), zip_files.read, '.zip'
  else:
    raise ValueError(f'{path}: there is no such folder, nor a .zip')
  if not found:
    raise ValueError(
      f'{path}: no picture in this {kind}; {", ".join(folders.SUFFIXES)} are '
      'known'
    )
  labels, names = by_folder([name for name, _, _ in found])
  examples = [
    source.Example(name, int(label), size, where)
    for (name, where, size), label in zip(found, labels, strict=True)
  ]
  classes = 'a class a folder' if names else 'no classes'
  return source.Source(
    examples,
    read,
    layout=f'{kind} of pictures, {classes}',
    class_names=names,
    bad=bad,
  )


def by_folder(names):
  """[N] labels and [C] class names; -1 and () if one is in no folder."""
  within = [name.split('/')[:-1] for name in names]
  least = min(map(len, within))
  if not least:
    return np.full(len(names), -1), ()
  depth = min(len(os.path.commonprefix(within)), least - 1)
  classes, labels = np.unique(
    [parts[depth] for parts in within], return_inverse=True
  )
  return labels, tuple(classes.tolist())
