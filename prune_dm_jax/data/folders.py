"""Pictures under a folder, found without following any link out of it."""

import os
import pathlib

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
  root = pathlib.Path(root)
  for folder, within, files in os.walk(root):
    for entry in sorted(within) + sorted(files):
      path = os.path.join(folder, entry)
      name = os.path.relpath(path, root).replace(os.sep, '/')
      why = why_not(path, name, root)
      if why:
        bad[readable(name)] = why
      elif is_picture(name) and os.path.isfile(path):
        found.append((name, path, os.path.getsize(path)))
  return found, bad


def why_not(path, name, root):
  """Why this is no picture though its name says so, or ''."""
  if os.path.islink(path) and leads_out(path, root):
    return 'a link that leads out of the folder'
  if os.path.islink(path) and os.path.isdir(path):
    return 'a link to a folder'
  if not is_picture(name):
    return ''
  if not os.path.isfile(path):
    return 'a folder' if os.path.isdir(path) else 'not a file'
  if not os.path.getsize(path):
    return 'empty'
  return bad_name(name)


def leads_out(path, root):
  target = pathlib.Path(path).resolve()
  return not target.is_relative_to(root.resolve())


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
