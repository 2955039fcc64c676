"""Your own pictures: a folder of them, or a .zip or .tar of one.

If all are in folders, a class is a folder: the first in which the paths differ,
so that a folder around all of them is none.
"""

import os

import numpy as np

from prune_dm_jax.data import reasons
from prune_dm_jax.data import source
from prune_dm_jax.data import tree


def open_folder(path):
  """The Source of a folder, or of a .zip or .tar which is read in place."""
  kind, found, read = tree.walk(path)
  if not found.found:
    raise ValueError(reasons.none(path, kind, found))
  labels, names = by_folder([name for name, _, _ in found.found])
  examples = [
    source.Example(name, int(label), size, where)
    for (name, where, size), label in zip(found.found, labels, strict=True)
  ]
  classes = 'a class a folder' if names else 'no classes'
  return source.Source(
    examples,
    read,
    layout=f'{kind} of pictures, {classes}',
    class_names=names,
    bad=found.bad,
    left_out=found.left_out,
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
