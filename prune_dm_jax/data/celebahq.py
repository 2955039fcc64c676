"""CelebA-HQ: 30,000 faces without classes (Karras et al., 2018).

  CelebA-HQ-img/0.jpg ...           CelebAMask-HQ
  *.jpg or *.png in one folder      Kaggle; or in train/ and val/ folders
  dataset_info.json                 celeb_a_hq, prepared as ArrayRecord

Their numbers follow different orders, so keys of one layout mean nothing in
another. The paper's 28,000 and 2,000 are a split by hash of the key, of which
config.data.held_out = 1 / 15 is the rule; a val/ folder is held out as it is.
"""

import pathlib

from prune_dm_jax.data import source
from prune_dm_jax.data.tables import array_record
from prune_dm_jax.data.walks import folders
from prune_dm_jax.data.walks import reasons

MASK = 'CelebA-HQ-img'


def is_there(path):
  path = pathlib.Path(path)
  if (path / MASK).is_dir() or path.name == MASK:
    return True
  found = array_record.folder(path) if path.is_dir() else None
  return bool(found) and 'celeb_a_hq' in found.as_posix()


def open_faces(path):
  path = pathlib.Path(path)
  if not path.is_dir():
    raise ValueError(f'{path}: no folder, in which faces would be')
  if array_record.folder(path):
    return of_records(array_record.folder(path))
  below = path / MASK if (path / MASK).is_dir() else path
  found, bad, left_out = folders.walk(below)
  if not found:
    why = reasons.told(bad, left_out)
    raise ValueError(
      f'{path}: no picture in this folder, nor in a {MASK} or an ArrayRecord '
      f'set inside it{", which holds " + why if why else ""}'
    )
  examples = [
    source.Example(name, -1, size, where, name.startswith('val/'))
    for name, where, size in found
  ]
  named = any(example.held_out for example in examples)
  layout = 'CelebAMask-HQ' if below.name == MASK else 'folder of faces'
  layout += ', val/ held out' if named else ''
  return source.Source(
    examples, folders.read, layout=layout, bad=bad, left_out=left_out
  )


def of_records(folder):
  found, bad = array_record.walk(folder)
  examples = [
    source.Example(f'{split}/{name}', -1, size, where, split != 'train')
    for split, name, _, where, size in found
  ]
  return source.Source(
    examples, array_record.read, layout='TFDS celeb_a_hq, ArrayRecord', bad=bad
  )
