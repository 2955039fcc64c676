"""The folder around all that an archive was made of, which is not in its keys.

  pets.zip: pets/cat/1.png, pets/dog/2.png      as the folder pets/: cat/1.png

So that a set has the same keys as a folder and as an archive of the folder. The
last folder around pictures without classes stays, unless the archive is named
so.
"""

import os
import pathlib

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import splits


def around(path, names, tables):
  """'pets/' or '': what is around all pictures and tables of an archive.

  Args:
    path: Of the archive.
    names: [N] of its pictures.
    tables: Names of its tables of labels.
  """
  dirs, at = (
    {(*name.split('/')[:-1],) for name in those} for those in (names, tables)
  )
  common = os.path.commonprefix([*dirs, *at])
  outer = splits.around([common])
  of_splits, _ = splits.judged(splits.below(dirs, outer)[outer])
  if not tables and not of_splits:
    depth = class_folders.depth([*dirs])
    outer = outer[: depth if depth >= 0 else max(len(outer) - 1, 0)]
  if not outer and common[:1] == (pathlib.Path(path).stem,):
    outer = common[:1]
  return ''.join(f'{name}/' for name in outer)


def within(prefix, found):
  """The Walked of an archive, by names less a prefix."""
  pictures = [(name.removeprefix(prefix), *row) for name, *row in found.found]
  bad = {name.removeprefix(prefix): why for name, why in found.bad.items()}
  return found._replace(found=pictures, bad=bad)
