"""Pictures under a folder, found without following any link out of it."""

import os
import pathlib
import stat

SUFFIXES = (
  '.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff', '.ppm',
  '.pgm',
)  # fmt: skip

LINE = 'a line break in its name'


def is_picture(name):
  """Whether a path within a data set means a picture, by its name alone."""
  hidden = any(is_hidden(part) for part in name.split('/'))
  return name.lower().endswith(SUFFIXES) and not hidden


def is_hidden(part):
  return part.startswith(('.', '__MACOSX')) and part not in ('.', '..')


def walk(root):
  """Every picture under a folder, and what only looks like one.

  Returns:
    [(name, path, size)], names relative to `root` with /; and name -> why.
  """
  found, bad = [], {}
  for folder, within, files in os.walk(root):
    prefix = os.path.relpath(folder, root).replace(os.sep, '/') + '/'
    prefix = '' if prefix == './' else prefix
    for name in (prefix + entry for entry in within):
      why = why_no_folder(os.path.join(root, name), name)
      if why:
        bad[readable(name)] = why
    for name in (prefix + entry for entry in files):
      if not is_picture(name):
        continue
      path = os.path.join(root, name)
      why, size = examined(path, root)
      why = why or bad_name(name)
      if why:
        bad[readable(name)] = why
      else:
        found.append((name, path, size))
  return found, bad


def why_no_folder(path, name):
  """Why a folder is not looked into, or only named like a picture, or ''."""
  if os.path.islink(path) and not is_hidden(name.split('/')[-1]):
    return 'a link to a folder'
  return 'a folder' if is_picture(name) else ''


def examined(path, root):
  """Why this is no file of the set, or ''; and its size."""
  status = os.lstat(path)
  if stat.S_ISLNK(status.st_mode):
    if leads_out(path, root):
      return 'a link that leads out of the folder', 0
    status = os.stat(path) if os.path.exists(path) else status
  if not stat.S_ISREG(status.st_mode):
    return 'not a file', 0
  return '' if status.st_size else 'empty', status.st_size


def leads_out(path, root):
  root = os.path.realpath(root)
  return os.path.commonpath([os.path.realpath(path), root]) != root


def bad_name(name):
  """Why a name cannot be a key, or ''."""
  if len(name.splitlines()) != 1:
    return LINE
  return '' if readable(name) == name else 'a name that is not UTF-8'


def readable(name):
  """A name that can be written, whatever its bytes are."""
  return name.encode('utf-8', 'backslashreplace').decode().replace('\n', '\\n')


def read(path):
  return pathlib.Path(path).read_bytes()
