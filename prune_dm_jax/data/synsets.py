"""ImageNet's layouts in which a class is a folder named by its synset.

Each walk gives [(split, name, synset, where, size)], then name -> why of what
is refused, reason -> Count of what is left out, and how the bytes of a picture
are read.
"""

import functools
import itertools
import re

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import split_names
from prune_dm_jax.data.lists import list_files
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import folders
from prune_dm_jax.data.walks import tar_files
from prune_dm_jax.data.walks import tar_headers
from prune_dm_jax.data.walks import walked

CLS_LOC = ('ILSVRC/Data/CLS-LOC', 'Data/CLS-LOC', '.')
SOLUTION = 'LOC_val_solution.csv'
COLUMNS = ('ImageId', 'PredictionString')
SYNSET = re.compile(r'(^|/)n\d{8}/')
TRAIN_TAR, VAL_TAR = 'ILSVRC2012_img_train.tar', 'ILSVRC2012_img_val.tar'


def is_tree(path):
  train = path / 'train'
  return train.is_dir() and any(p.is_dir() for p in train.iterdir())


def is_kaggle(path):
  return path.is_dir() and bool(cls_loc(path)) and bool(solution(path))


def is_tar(path):
  return tar_of(path).suffix == '.tar' and tar_of(path).is_file()


def named(path):
  """Whether folders of classes, or what is in a .tar, are named by synsets."""
  base = cls_loc(path) if path.is_dir() else None
  if base:
    folders_of = (entry.name for entry in (base / 'train').iterdir())
    return any(SYNSET.search(f'{name}/') for name in folders_of)
  archive = tar_of(path)
  with open(archive, 'rb') as file:
    try:
      first = list(itertools.islice(tar_files.members(file), 20))
    except tar_headers.Torn:
      return False
  names = [file_names.cleaned(prefix + member.name) for prefix, member in first]
  return any(map(SYNSET.match, names))


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


def walk_tree(path):
  """train/ in folders, and val/ and test/, whatever each is called."""
  return walk_splits(path, in_folders, split_of)


def walk_kaggle(path):
  """train/ in folders, val/ flat with its labels in a table."""
  labels = read_solution(solution(path))
  own = {'train': 'train', 'val': 'val'}
  sort_val = functools.partial(flat, labels)
  return walk_splits(cls_loc(path), sort_val, lambda name: own.get(name, ''))


def split_of(name):
  """What the split of this name is called in a key, or ''."""
  if name == 'train' or split_names.role(name) != split_names.HELD_OUT:
    return name if name == 'train' else ''
  return 'test' if name.lower().startswith('test') else 'val'


def walk_splits(path, sort_val, split_of):
  """train/ in folders, others by `sort_val`; what else is there is left out."""
  rows, bad, left_out = [], {}, []
  train_first = lambda entry: (entry.name != 'train', entry.name)
  entries = sorted(path.iterdir(), key=train_first)
  called = [split_of(entry.name) for entry in entries if entry.is_dir()]
  for entry in entries:
    name, split = entry.name, split_of(entry.name)
    if split and entry.is_dir():
      split = split if called.count(split) == 1 else name
      found, refused, others = folders.walk(entry)
      bad |= {f'{name}/{file}': why for file, why in refused.items()}
      left_out.append(walked.below(others, f'{name}/'))
      if split != 'train' and sort_val is in_folders:
        found, others = of_classes(name, found, {row[2] for row in rows})
        left_out.append(others)
      sort = in_folders if split == 'train' else sort_val
      left_out.append(sort(split, found, rows, bad))
    elif entry.is_dir() and not (
      entry.is_symlink() or file_names.is_hidden(name)
    ):
      left_out.append(beside(entry))
    elif not entry.is_dir():
      left_out.append(alone(entry))
  return rows, bad, walked.together(*left_out), folders.read


def alone(file):
  """reason -> Count of a file that is beside the splits."""
  why = file_names.why_left_out(file.name)
  if file_names.is_picture(file.name):
    why = class_folders.STRAY
  size = file.lstat().st_size
  return {why: walked.Count(1, size, file.name)} if why else {}


def of_classes(folder, found, classes):
  """What was found that is of one of the classes; reason -> Count of others."""
  known, others = [], {}
  for name, where, size in found:
    if name.split('/')[0] in classes:
      known.append((name, where, size))
    else:
      why = f'in {folder}/, a picture of no class'
      walked.add(others, why, walked.Count(1, size, f'{folder}/{name}'))
  return known, others


def beside(folder):
  """reason -> Count of the pictures in a folder that is no split."""
  why = f'in {folder.name}/, a picture in neither train/ nor val/'
  left_out = {}
  for name, entry, is_folder in folders.below(folder, {}):
    if file_names.is_picture(name) and not is_folder:
      count = walked.Count(1, folders.size_of(entry), f'{folder.name}/{name}')
      walked.add(left_out, why, count)
  return left_out


def walk_tar(path):
  """The tar of tars; validation if its tar and Kaggle's table are there."""
  archive, rows = tar_of(path), []
  found, bad, left_out = tar_files.walk(archive)
  bad = {f'train/{name}': why for name, why in bad.items()}
  check_synsets(archive, found)
  left_out = walked.together(left_out, in_folders('train', found, rows, bad))
  beside, table = archive.parent / VAL_TAR, archive.parent / SOLUTION
  if beside.is_file() and table.is_file():
    found, refused, others = tar_files.walk(beside)
    bad |= {f'val/{name}': why for name, why in refused.items()}
    flat(read_solution(table), 'val', found, rows, bad)
    left_out = walked.together(left_out, others)
  return rows, bad, left_out, tar_files.read


def check_synsets(archive, found):
  """Raises ValueError if folders in a .tar are splits, or around synsets."""
  around = {name.split('/')[0] for name, _, _ in found if name.count('/') > 1}
  if around and not any(SYNSET.match(f'{name}/') for name in around):
    raise ValueError(
      f'{archive}: {min(around)}/ in it is no synset but around others; '
      'image_folder, for data.name, reads such a .tar'
    )


def in_folders(split, found, rows, bad):
  """Sorts what was found into rows, by the first folder of each; strays are bad
  if they are many, else a Count of them is returned.
  """
  strays, left_out = [row for row in found if '/' not in row[0]], {}
  few = class_folders.are_few(len(strays), len(found))
  for name, where, size in found:
    synset, slash, _ = name.partition('/')
    if slash:
      rows.append((split, name, synset, where, size))
    elif few:
      count = walked.Count(1, size, f'{split}/{name}')
      walked.add(left_out, class_folders.STRAY, count)
    else:
      bad[f'{split}/{name}'] = class_folders.STRAY
  return left_out


def flat(labels, split, found, rows, bad):
  """Sorts what was found into rows, by number -> synset; leaves none out."""
  for name, where, size in found:
    number = name.split('/')[-1].split('.')[0]
    if number in labels:
      rows.append((split, name, labels[number], where, size))
    else:
      bad[f'{split}/{name}'] = f'not in {SOLUTION}'
  return {}


def read_solution(file):
  """number -> synset: ILSVRC2012_val_00048981,n03995372 85 1 499 272 ..."""
  rows = list_files.cells(list_files.text_of(file), ',', file)
  names = next(rows, [])
  if not {*COLUMNS} <= {*names}:
    raise ValueError(
      f'{file}: line 1 is {",".join(names)[:60]!r}; its columns should be '
      f'{" and ".join(COLUMNS)}, as Kaggle has them'
    )
  number, said = map(names.index, COLUMNS)
  labels = {}
  for line, row in enumerate(rows, 2):
    if len(row) < len(names) or not row[said].strip():
      raise ValueError(f'{file}: line {line} names no synset of {row[:1]}')
    labels[row[number]] = row[said].split()[0]
  return labels
