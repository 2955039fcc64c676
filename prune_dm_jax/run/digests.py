"""Digests: what every file of an artifact, or of a cell, was when it was made.

  <folder>/digests.json    {files: {name: sha256}, digest: of these}

Who reads a file asks for it. Not in it are what has a check of its own, as
checkpoints and the rows of data/shards.py have, and what was damaged once. A
file is hashed once a process: as it is written, or as it is first asked for.
"""

import hashlib
import json
import os
import types

import numpy as np

from prune_dm_jax.data import shards
from prune_dm_jax.training import faults

NAME = 'digests.json'

CHECKED = ('checkpoints', 'snapshots', 'tensorboard', '.locks')
"""Folders whose files are not listed."""

NOTES = ('metrics.jsonl', 'time.json', 'times.json')
"""Files of which nothing is made: without them an artifact is whole."""

DAMAGED = '.damaged'

CHANGED = 'it is not the file that was written'

known = {}
"""stamp -> SHA-256 of the file that had it."""


def stamp(path):
  """What differs once a file is written over."""
  s = os.stat(path)
  return s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns


def of_file(path):
  """SHA-256 in hexadecimal; an OSError of reading is no damage, and goes on."""
  before = stamp(path)
  if before not in known:
    with open(path, 'rb') as file:
      known[before] = hashlib.file_digest(file, 'sha256').hexdigest()
  return known[before]


def save_array(path, array):
  """np.save; returns the SHA-256 of what passed through."""
  sha = hashlib.sha256()
  with open(path, 'wb') as file:

    def write(data):
      sha.update(data)
      file.write(data)

    np.save(types.SimpleNamespace(write=write), array)
  return sha.hexdigest()


def of_folder(folder):
  """name -> SHA-256 of all that is to be listed."""
  found = {}
  for path in sorted(folder.rglob('*')):
    name = path.relative_to(folder)
    if path.is_file() and not is_left_out(path, name):
      found[name.as_posix()] = of_file(path)
  return found


def is_left_out(path, name):
  return (
    not set(name.parts).isdisjoint((*CHECKED, NAME))
    or DAMAGED in name.name
    or (path.suffix == '.npy' and shards.sums_of(path).exists())
  )


def read(folder):
  """name -> SHA-256; None where there is no list, as of older versions.

  Raises:
    ValueError: The list itself is damaged.
  """
  try:
    text = (folder / NAME).read_bytes()
  except (FileNotFoundError, NotADirectoryError):
    return None
  try:
    found = json.loads(text)
    files = found['files']
    intact = found['digest'] == of_list(files)
  except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
    intact = False
  if not intact:
    raise ValueError(
      f'{folder / NAME} is damaged; restore it, or move it aside: nothing '
      f'beside it can be checked then'
    )
  return files


def of_list(files):
  return hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()


def text(files):
  """The text of the list."""
  return json.dumps({'files': files, 'digest': of_list(files)}, indent=2) + '\n'


def why(folder, name, files):
  """What is wrong with a file that is listed, or ''."""
  path = folder / name
  try:
    if of_file(path) != files[name]:
      return CHANGED if path.stat().st_size else 'it is empty'
  except FileNotFoundError:
    return 'it is missing'
  rows = shards.rows_of(path)
  return '' if rows is None or rows.exists() else f'{rows.name} is missing'


def damage(folder):
  """(file, what is wrong) of each listed file; notes aside."""
  try:
    files = read(folder) or {}
  except ValueError:
    return [(folder / NAME, CHANGED)]
  found = ((folder / name, why(folder, name, files)) for name in files)
  return [(p, said) for p, said in found if said and p.name not in NOTES]


def is_whole(path):
  """Whether a folder, or a file of one that has a list, is there and whole.

  Raises:
    ValueError: It is a link to what is not there.
  """
  if path.is_dir():
    return not damage(path)
  check_link(path)
  if not path.exists():
    return False
  files = read(path.parent)
  if files is None:  # None can tell, of older versions.
    return True
  return path.name in files and not why(path.parent, path.name, files)


def check_link(path):
  """Raises ValueError of a link to what is not there, as it was put elsewhere."""
  if path.is_symlink() and not path.exists():
    raise ValueError(
      f'{path} is a link to {os.readlink(path)}, which is not there; bring it '
      'back, or remove the link to have it made again'
    )


def why_not(path):
  """What is wrong with a file, by the list beside it, or ''."""
  files = read(path.parent)
  listed = files is not None and path.name in files
  return why(path.parent, path.name, files) if listed else ''


def make_folder(path):
  """Makes a folder, and those above it, their names on the disk when it returns."""
  new = [p for p in (path, *path.parents) if not p.exists()]
  path.mkdir(parents=True, exist_ok=True)
  for folder in new:
    faults.sync_entry(folder.parent)


def sync(folder):
  """To the disk with all files of a folder, and with the names in it."""
  for root, _, names in os.walk(folder):
    for name in names:
      faults.sync_entry(os.path.join(root, name))
    faults.sync_entry(root)
