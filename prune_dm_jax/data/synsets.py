"""ImageNet's layouts in which a class is a folder named by its synset.

Each walk gives [(split, name, synset, where, size)], then name -> why of what
is refused, how the bytes of a picture are read, and words on what is left out.
"""

import csv
import functools
import re
import tarfile

from prune_dm_jax.data import folders
from prune_dm_jax.data import splits
from prune_dm_jax.data import tar_files

CLS_LOC = ('ILSVRC/Data/CLS-LOC', 'Data/CLS-LOC', '.')
SYNSET = re.compile(r'n\d{8}')
SOLUTION = 'LOC_val_solution.csv'
TRAIN_TAR, VAL_TAR = 'ILSVRC2012_img_train.tar', 'ILSVRC2012_img_val.tar'


def is_tree(path):
  train = path / 'train'
  return train.is_dir() and any(p.is_dir() for p in train.iterdir())


def is_kaggle(path):
  return path.is_dir() and bool(cls_loc(path)) and bool(solution(path))


def is_tar(path):
  return tar_of(path).suffix == '.tar' and tar_of(path).is_file()


def tar_of(path):
  return path / TRAIN_TAR if path.is_dir() else path


def cls_loc(path):
  """The folder that train/ is in, or None."""
  found = [
    path / below for below in CLS_LOC if (path / below / 'train').is_dir()
  ]
  return found[0] if found else None


def solution(path):
  """Kaggle's table of validation labels: here or above; or None."""
  above = (path, *path.resolve().parents[:3])
  found = [folder / SOLUTION for folder in above]
  return next((file for file in found if file.is_file()), None)


def named(path):
  """Whether folders of classes, or the tars in a tar, are named by synsets."""
  base = cls_loc(path)
  if base:
    return any(SYNSET.fullmatch(p.name) for p in (base / 'train').iterdir())
  file = tar_of(path)
  if file.name == TRAIN_TAR:
    return True
  try:
    with open(file, 'rb') as opened:
      files = (e for e in tar_files.entries(opened) if e.isfile())
      first = next(files, None)
  except (tarfile.TarError, OSError, EOFError):
    return False
  parts = first.name.split('/') if first else ()
  return any(map(SYNSET.match, parts))


def walk_tree(path):
  """train/ in folders, and val/ and test/, whatever each is called."""
  rows, bad, said = [], {}, []
  folders_of = sorted(p.name for p in path.iterdir() if p.is_dir())
  held_out = [n for n in folders_of if splits.role(n) == splits.HELD_OUT]
  for name in ('train', *held_out):
    found, refused = folders.walk(path / name)
    bad |= {f'{name}/{file}': why for file, why in refused.items()}
    if name.lower().startswith('test'):
      found, words = of_classes(name, found, {row[2] for row in rows})
      said += words
    split = 'train' if name == 'train' else held_out_as(name)
    in_folders(split, found, rows, bad)
  return rows, bad, folders.read, said


def held_out_as(name):
  """What a split is called in a key."""
  return 'test' if name.lower().startswith('test') else 'val'


def of_classes(name, found, classes):
  """What was found that is of one of the classes; words on what is left out."""
  known = [row for row in found if row[0].split('/')[0] in classes]
  less = len(found) - len(known)
  return known, [f'{name} {less:,} left out: no class'] if less else []


def walk_kaggle(path):
  """train/ in folders, val/ flat with its labels in a table; test/ has none."""
  base, rows, bad = cls_loc(path), [], {}
  labels = read_solution(solution(path))
  for split in ('train', 'val'):
    found, refused = folders.walk(base / split)
    bad |= {f'{split}/{name}': why for name, why in refused.items()}
    sort = in_folders if split == 'train' else functools.partial(flat, labels)
    sort(split, found, rows, bad)
  test = base / 'test'
  unlabelled = folders.walk(test)[0] if test.is_dir() else ()
  _, said = of_classes('test', unlabelled, ())
  return rows, bad, folders.read, said


def walk_tar(path):
  """The tar of tars; validation if its tar and Kaggle's table are there."""
  archive, rows = tar_of(path), []
  found, bad = tar_files.walk(archive)
  bad = {f'train/{name}': why for name, why in bad.items()}
  in_folders('train', found, rows, bad)
  beside, table = archive.parent / VAL_TAR, archive.parent / SOLUTION
  if beside.is_file() and table.is_file():
    found, refused = tar_files.walk(beside)
    bad |= {f'val/{name}': why for name, why in refused.items()}
    flat(read_solution(table), 'val', found, rows, bad)
  return rows, bad, tar_files.read, []


def in_folders(split, found, rows, bad):
  """Sorts what was found into rows, by the first folder of each."""
  for name, where, size in found:
    synset, slash, _ = name.partition('/')
    if slash:
      rows.append((split, name, synset, where, size))
    else:
      bad[f'{split}/{name}'] = 'in no folder of a class'


def flat(labels, split, found, rows, bad):
  """Sorts what was found into rows, by number -> synset."""
  for name, where, size in found:
    number = name.split('/')[-1].split('.')[0]
    if number in labels:
      rows.append((split, name, labels[number], where, size))
    else:
      bad[f'{split}/{name}'] = f'not in {SOLUTION}'


def read_solution(file):
  """number -> synset: ILSVRC2012_val_00048981,n03995372 85 1 499 272 ..."""
  with open(file, newline='') as text:
    return {
      row['ImageId']: row['PredictionString'].split()[0]
      for row in csv.DictReader(text)
    }
