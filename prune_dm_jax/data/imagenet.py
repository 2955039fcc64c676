"""ImageNet, ILSVRC 2012 (Russakovsky et al., 2015), wherever it came from.

  train/n01440764/*.JPEG  val/n01440764/*.JPEG   torchvision's ImageFolder
  ILSVRC/Data/CLS-LOC, LOC_val_solution.csv      Kaggle
  ILSVRC2012_img_train.tar                       the tar of tars, read in place
  dataset_info.json                              TFDS, prepared as ArrayRecord
  train-*.parquet  validation-*.parquet          Hugging Face

A key is the split and the picture's official number, so that a list of examples
made on one layout holds on the others. Official validation pictures are held
out, where there are some whose labels are known.
"""

import pathlib
import re

from prune_dm_jax.data import array_record
from prune_dm_jax.data import parquet
from prune_dm_jax.data import source
from prune_dm_jax.data import synsets

NUMBER = re.compile(r'n\d{8}_\d+|ILSVRC2012_val_\d{8}')
SPLITS = {'train': 'train', 'validation': 'val', 'val': 'val'}


def open_imagenet(path):
  """The Source of whichever layout is at `path`."""
  path = pathlib.Path(path)
  if not path.exists():
    raise ValueError(f'{path}: there is no such file or folder')
  for layout, (is_there, opened) in LAYOUTS.items():
    if is_there(path):
      return opened(path, layout)
  raise ValueError(f'{path}: no ImageNet here; known are {"; ".join(LAYOUTS)}')


def is_there(path):
  """Whether this is ImageNet by its names, or a set that only we can read."""
  path = pathlib.Path(path)
  by_synset = (synsets.is_kaggle, synsets.is_tree, synsets.is_tar)
  there = next((found for found, _ in LAYOUTS.values() if found(path)), None)
  return bool(there) and (there not in by_synset or synsets.named(path))


def key(split, name):
  """The official number if the name has one, else the name."""
  file = name.split('/')[-1]
  number = NUMBER.match(file)
  return f'{split}/{number.group() if number else name}'


def of_synsets(path, layout, walk):
  """A layout whose pictures are in a folder a class."""
  rows, bad, left_out, read = walk(path)
  names = sorted({synset for _, _, synset, _, _ in rows})
  place = {synset: i for i, synset in enumerate(names)}
  examples = [
    source.Example(
      key(split, name), place[synset], size, where, split != 'train'
    )
    for split, name, synset, where, size in rows
  ]
  return source.Source(
    examples, read, layout=layout, class_names=names, bad=bad,
    left_out=left_out,
  )  # fmt: skip


def of_rows(path, layout, room):
  """A layout that holds labels beside the pictures."""
  found, bad = room.walk(path)
  rows = [(SPLITS[row[0]], *row[1:]) for row in found if row[0] in SPLITS]
  examples = [
    source.Example(key(split, name), label, size, where, split == 'val')
    for split, name, label, where, size in rows
  ]
  names = room.class_names(path)
  if not names:
    names = map(str, range(1 + max((row[2] for row in rows), default=-1)))
  return source.Source(
    examples, room.read, layout=layout, class_names=names, bad=bad
  )


LAYOUTS = {
  'TFDS, ArrayRecord': (
    lambda path: bool(array_record.folder(path)),
    lambda path, layout: of_rows(
      array_record.folder(path), layout, array_record
    ),
  ),
  'Hugging Face, Parquet': (
    lambda path: bool(parquet.files(path).get('train')),
    lambda path, layout: of_rows(path, layout, parquet),
  ),
  'Kaggle, CLS-LOC': (
    synsets.is_kaggle,
    lambda path, layout: of_synsets(path, layout, synsets.walk_kaggle),
  ),
  'ImageFolder, train/ and val/': (
    synsets.is_tree,
    lambda path, layout: of_synsets(path, layout, synsets.walk_tree),
  ),
  'the tar of tars': (
    synsets.is_tar,
    lambda path, layout: of_synsets(path, layout, synsets.walk_tar),
  ),
}
"""name -> (whether it is there, path and name -> Source)."""
