"""Pictures under a folder, found without following any link out of it."""

import itertools
import operator
import os
import pathlib
import stat
from typing import NamedTuple

from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import hub_cache
from prune_dm_jax.data.walks import walked

LINKED = 'a link to a folder'

MOST_LINKED = 1_000_000
"""Files of a linked folder that are looked at, to count its pictures."""


class File(NamedTuple):
  """A path, and what its file was when it was found."""

  path: str
  size: int
  mtime: int
  ctime: int

  def __fspath__(self):
    return self.path


def walk(root):
  """The Walked of a folder: where is a File, names are relative to it with /.

  Raises:
    ValueError: Which folders may not be read, as none knows what is in them.
  """
  into, locked = walked.empty(), {}
  for name, entry, is_folder in below(root, locked):
    if is_folder:
      if file_names.is_picture(name):
        walked.leave_out(into, walked.FOLDER, 0, name)
    elif entry.is_symlink() and os.path.isdir(entry.path):
      of_link(into, name, entry.path)
    elif file_names.is_picture(name):
      why, file = examined(entry.path, root)
      why = why or file_names.bad_name(name)
      walked.put(into, name, file, file.size, why)
    elif why := file_names.why_left_out(name):
      walked.leave_out(into, why, size_of(entry), name)
  check_locked(root, locked, into)
  return into


def below(root, locked):
  """Yields (name, entry, whether a folder) of all below; follows no link.

  Less the folders that are nothing, and what is in them.

  Args:
    root: The folder.
    locked: name -> why, filled with the folders that cannot be looked into.
  """
  waiting = ['']
  while waiting:
    prefix = waiting.pop()
    try:
      with os.scandir(os.path.join(root, prefix)) as listed:
        here = sorted(listed, key=operator.attrgetter('name'))
    except OSError as error:
      locked[prefix] = error.strerror
      continue
    within = []
    for entry in here:
      name = entry.name
      is_folder = is_dir(entry)
      if is_folder:
        if file_names.is_nothing(name):
          continue
        within.append(f'{prefix}{name}/')
      yield prefix + name, entry, is_folder
    waiting += reversed(within)


def check_locked(root, locked, into):
  """Raises ValueError if a folder that is not hidden cannot be looked into."""
  hidden = [p for p in locked if any(map(file_names.is_hidden, p.split('/')))]
  for prefix in hidden:
    walked.leave_out(into, 'a hidden folder, not to be read', 0, prefix)
  shut = sorted(set(locked) - set(hidden))
  if shut:
    some = ', '.join(file_names.readable(prefix) or '.' for prefix in shut[:5])
    raise ValueError(
      f'{root}: what is in {some} ({len(shut)} in all) is not known: '
      f'{locked[shut[0]]}; give yourself the right to look into it (chmod '
      'u+rx), or move it elsewhere'
    )


def of_link(into, name, path):
  """Counts a linked folder's pictures among the bad; one of none counts once."""
  if any(map(file_names.is_hidden, name.split('/'))):
    return
  before = len(into.bad)
  if not holds(path):
    files = itertools.islice(below(path, {}), MOST_LINKED)
    for within, _, is_folder in files:
      if file_names.is_picture(within) and not is_folder:
        walked.refuse(into, f'{name}/{within}', f'in {LINKED}')
  if len(into.bad) == before:
    walked.refuse(into, name, LINKED)


def holds(path):
  """Whether a link leads to a folder that it is in itself."""
  target, here = os.path.realpath(path), os.path.dirname(path)
  return os.path.commonpath([target, os.path.realpath(here)]) == target


def examined(path, root):
  """Why this is no file of the set at `root`, or ''; and the File."""
  try:
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
      if leads_out(path, root):
        return 'a link that leads out of the folder', File(path, 0, 0, 0)
      if not os.path.exists(path):
        return 'a link to nothing', File(path, 0, 0, 0)
      status = os.stat(path)
  except OSError as error:
    return error.strerror, File(path, 0, 0, 0)
  if not stat.S_ISREG(status.st_mode):
    return 'not a file', File(path, 0, 0, 0)
  size = status.st_size
  # File(...) would take 0.3 s a million longer.
  own = (path, size, status.st_mtime_ns, status.st_ctime_ns)
  return '' if size else 'empty', tuple.__new__(File, own)


def leads_out(path, root):
  target, root = os.path.realpath(path), os.path.realpath(root)
  homes = {root, hub_cache.home(root)}
  return all(os.path.commonpath([target, home]) != home for home in homes)


def is_dir(entry):
  try:
    return entry.is_dir(follow_symlinks=False)
  except OSError:  # In a folder whose names may be read, and nothing else.
    return False


def size_of(entry):
  try:
    return entry.stat(follow_symlinks=False).st_size
  except OSError:
    return 0


def read(path):
  return pathlib.Path(path).read_bytes()
