"""ImageNet, ILSVRC 2012 (Russakovsky et al., 2015), wherever it came from.

  train/n01440764/*.JPEG  val/n01440764/*.JPEG   torchvision's ImageFolder
  ILSVRC/Data/CLS-LOC, LOC_val_solution.csv      Kaggle
  ILSVRC2012_img_train.tar                       the tar of tars, read in place
  dataset_info.json                              TFDS, prepared as ArrayRecord
  train-*.parquet  validation-*.parquet          Hugging Face
  data-*.arrow  state.json                       its save_to_disk

A key is the split and the picture's official number, so that a list of examples
made on one layout holds on the others; it is the path of a picture whose name says
more than a number, as n01440764_18_flip, or has it with another. Official validation pictures are held
out, where there are some whose labels are known.
"""

import collections
import pathlib
import re

from prune_dm_jax.data import source
from prune_dm_jax.data import synsets
from prune_dm_jax.data import tables

NUMBER = re.compile(r'n\d{8}_\d+|ILSVRC2012_val_\d{8}')
ALONE = re.compile(rf'({NUMBER.pattern})(_n\d{{8}})?(\.\w+)?')
"""With the synset behind it, as Hugging Face has it."""


def open_imagenet(path):
  """The Source of whichever layout is at `path`."""
  path = pathlib.Path(path)
  if not path.exists():
    raise ValueError(f'{path}: there is no such file or folder')
  of_tables = tables.layout_of(path)
  if of_tables:
    return tables.open_tables(path, of_tables, key)
  for layout, (is_there, walk) in LAYOUTS.items():
    if is_there(path):
      return of_synsets(path, layout, walk)
  known = '; '.join([*tables.LAYOUTS, *LAYOUTS])
  raise ValueError(f'{path}: no ImageNet here; known are {known}')


def is_there(path):
  """Whether this is ImageNet by its names; a table by a picture's number."""
  path = pathlib.Path(path)
  if tables.layout_of(path):
    return is_numbered(path)
  there = any(in_folders(path) for in_folders, _ in LAYOUTS.values())
  return there and synsets.named(path)


def is_numbered(path):
  """Whether the first picture of a table has an official number."""
  try:
    return bool(NUMBER.match(tables.first_name(path).split('/')[-1]))
  except ValueError:
    return False


def key(split, name):
  """The official number if the name says nothing else, else the name."""
  number = ALONE.fullmatch(name.split('/')[-1])
  return f'{split}/{number[1] if number else name}'


def keyed(rows):
  """A key each; the path, of a number that several of one class have alone."""
  called = [key(split, name) for split, name, *_ in rows]
  of_class = collections.Counter(
    zip(called, [row[2] for row in rows], strict=True)
  )
  times = collections.Counter(called)
  return [
    f'{row[0]}/{row[1]}' if times[k] == of_class[k, row[2]] > 1 else k
    for k, row in zip(called, rows, strict=True)
  ]


def of_synsets(path, layout, walk):
  """A layout whose pictures are in a folder a class."""
  rows, bad, left_out, read = walk(path)
  names = sorted({synset for _, _, synset, _, _ in rows})
  place = {synset: i for i, synset in enumerate(names)}
  examples = [
    source.Example(k, place[synset], size, where, split != 'train')
    for k, (split, _, synset, where, size) in zip(
      keyed(rows), rows, strict=True
    )
  ]
  return source.Source(
    examples, read, layout=layout, class_names=names, bad=bad,
    left_out=left_out,
  )  # fmt: skip


LAYOUTS = {
  'Kaggle, CLS-LOC': (synsets.is_kaggle, synsets.walk_kaggle),
  'ImageFolder, train/ and val/': (synsets.is_tree, synsets.walk_tree),
  'the tar of tars': (synsets.is_tar, synsets.walk_tar),
}
"""name -> (path -> whether it is there, path -> what `of_synsets` takes).

Those in folders of synsets; the others are tables.LAYOUTS.
"""
