"""Which files of a folder are tables, and which split each belongs to.

  train-00000-of-00294.parquet      data/test-00000-of-00001.parquet
  default/train/0000.parquet        as Hugging Face converts
  dogs.parquet                      no split in its name: train

One folder holds the tables, or the folders of its splits do; of several, the
path of one has to be given.
"""

import os
import pathlib
import re

from prune_dm_jax.data.walks import hub_cache

SHARD = re.compile(r'(.+?)-\d{5}-of-(\d{5})(-[0-9a-f]+)?')
SPLITS = {
  'train': 'train', 'training': 'train', 'validation': 'val', 'valid': 'val',
  'val': 'val', 'dev': 'val', 'eval': 'val', 'evaluation': 'val',
  'test': 'test', 'testing': 'test', 'holdout': 'test',
}  # fmt: skip
"""What a split is called -> what it is in a key."""


def splits(path, suffix):
  """split -> [files] that end in `suffix`, in order; splits as files say.

  Raises:
    ValueError: The tables are in several folders, which may be several sets.
  """
  path, files = pathlib.Path(path), found(path, suffix)
  within = {f.parent for f in files if not of_name(f) and of_folder(f, path)}
  above = {folder.parent for folder in within}
  grouped, homes = {}, set()
  for file in files:
    split, home = of_name(file) or 'train', file.parent
    if not of_name(file) and file.parent.parent in above:
      split, home = of_folder(file, path) or file.parent.name, home.parent
    grouped.setdefault(split, []).append(file)
    homes.add(home)
  if len(homes) > 1:
    listed = ', '.join(sorted(str(h.relative_to(path)) for h in homes)[:12])
    raise ValueError(
      f'{path}: there are tables in several folders, {listed}; give the path '
      'of one, or bring them into one'
    )
  return grouped


def told_missing(splits):
  """What is said of shards that are not there, though others count them."""
  told = []
  for split, files in splits.items():
    shards = [SHARD.fullmatch(file.stem) for file in files]
    total = {int(shard.group(2)) for shard in shards if shard}
    if len(total) == 1 and len(files) < max(total):
      told.append(f'{len(files)} of {max(total)} files of {split!r} are there')
  return told


def found(path, suffix):
  """Files of a folder, of those in it, and of folders of splits below these."""
  hub_cache.check(path)
  if path.is_file():
    return [path] if path.name.lower().endswith(suffix) else []
  here, folders = entries(path, suffix)
  for folder in folders:
    inner, deeper = entries(folder, suffix)
    named = any(of_words(below.name) for below in deeper)
    for below in deeper if named else ():
      inner = inner + entries(below, suffix)[0]
    here = here + inner
  return here


def entries(path, suffix):
  """Files that end in `suffix`, or one of those, and folders, of a folder; none is hidden."""
  files, folders = [], []
  try:
    with os.scandir(path) as those:
      for entry in those:
        if entry.name.startswith(('.', '_')):
          continue
        if entry.is_dir(follow_symlinks=False):
          folders.append(pathlib.Path(entry.path))
        elif entry.name.lower().endswith(suffix):
          files.append(pathlib.Path(entry.path))
  except OSError:
    return [], []
  return sorted(files), sorted(folders)


def of_name(file):
  """The split that a file's name says, or ''."""
  shard = SHARD.fullmatch(file.stem)
  if not shard:
    return of_words(file.stem)
  split = shard.group(1).split('-')[-1]
  return '' if split == 'data' else split


def of_folder(file, path):
  """The split that the name of a file's folder says, or ''."""
  return of_words(file.parent.name) if file.parent != path else ''


def of_words(text):
  """The last word of a name that is the name of a split, or ''."""
  words = re.split(r'[^a-z]+', text.lower())
  return next((word for word in reversed(words) if word in SPLITS), '')
