"""Labels from a file a picture, as webdataset has them.

000123.jpg   000123.cls: 7      of what is before the first dot of a file
"""

from prune_dm_jax.data.labels import label_tables
from prune_dm_jax.data.walks import beside

SUFFIX = '.cls'
MOST_BYTES = 1024


def name_of(picture):
  """The file that has the label of a picture."""
  folder, slash, file = picture.rpartition('/')
  return f'{folder}{slash}{file.partition(".")[0]}{SUFFIX}'


def read(path, names):
  """The Table of what such files say of pictures; and file -> its size.

  Raises:
    ValueError: A file that is too large, or not in UTF-8.
  """
  labels, used = {}, {}
  for file in beside.among(path, {*map(name_of, names)}):
    if file.why and file.why != 'empty':
      raise ValueError(f'{path}: {file.name}: {file.why}')
    if file.size > MOST_BYTES:
      raise ValueError(f'{path}: {file.name}: {file.size} bytes, and no label')
    labels[file.name] = label_tables.text(file.name, file.read()).strip()
    used[file.name] = file.size
  rows = [(name, labels.get(name_of(name))) for name in names]
  there = sum(label is not None for _, label in rows)
  if there < len(names) / 2:
    few = f'{there:,} of {len(names):,} pictures have one'
    return label_tables.Table({}, False, f'{SUFFIX} files not used: {few}'), {}
  words = f'labels of {len(used):,} {SUFFIX} files'
  return label_tables.table(f'its {SUFFIX}', rows, words, final=False), used
