"""What a name within a data set means, wherever the set is: nothing that is in
a folder, a .zip or a .tar is a picture in one of them and not in the others.

  a picture    by its suffix; what it is, its content decides
  nothing      what systems leave behind, such as @eaDir or Thumbs.db
  left out     any other file, by its suffix; what is hidden
"""

import functools
import re

from prune_dm_jax.data.decode import newer

SUFFIXES = (
  '.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff', '.ppm',
  '.pgm', '.pbm', '.pnm', '.jfif', '.jpe', '.jif', '.jfi', '.apng', '.dib',
  *newer.SUFFIXES,
)  # fmt: skip

UNREAD = (
  *newer.UNREAD, '.jp2', '.j2k', '.jpx', '.svg', '.psd', '.tga', '.ico', '.pcx',
  '.exr', '.hdr', '.qoi', '.dng', '.raw', '.cr2', '.cr3', '.nef', '.arw',
  '.orf', '.rw2', '.raf',
)  # fmt: skip
"""Of pictures that are not read."""

TABLES = (
  'dataset.json', 'metadata.jsonl', 'metadata.csv', 'metadata.parquet',
)  # fmt: skip
"""Of labels; each is a reason of its own, where it is not used."""

NOTHING = frozenset((
  '@eadir', '@recycle', '@recently-snapshot', '.@__thumb', '#recycle',
  '#snapshot', '.snapshot', 'lost+found', '__macosx', '$recycle.bin',
  'system volume information', 'thumbs.db', 'ehthumbs.db', 'desktop.ini',
  '.ds_store', '.appledouble', '.trashes', '.trash', '.spotlight-v100',
  '.fseventsd', '.temporaryitems', '.ipynb_checkpoints', '__pycache__', '.git',
  '@tmp', '@sharebin', '~snapshot', 'network trash folder', 'temporary items',
  'recycler', 'lost.dir', 'found.000',
))  # fmt: skip
"""In lower case: files and folders of no one's."""

DRIVE = re.compile(r'[A-Za-z]:')
SUFFIX = re.compile(r'.*(\.[\w?=&~-]{1,12})\s*', re.DOTALL)
LINE = 'a line break in its name'


def is_picture(name):
  """Whether a path within a data set means a picture, by its name alone."""
  folder, _, file = name.rpartition('/')
  return named_so(file) and not in_hidden(folder)


def named_so(file):
  """Whether a file in a folder that is not hidden is called like a picture."""
  return file.lower().endswith(SUFFIXES) and file[0] != '.'


@functools.lru_cache(maxsize=1024)
def in_hidden(folder):
  """Whether a part of a folder's path is hidden; asked for each file in it."""
  return any(map(is_hidden, folder.split('/')))


def is_hidden(part):
  """Whether one part of a path is hidden, or nothing."""
  return is_nothing(part) or (part.startswith('.') and part not in ('.', '..'))


def is_nothing(part):
  return part.startswith('._') or part.lower() in NOTHING


def why_left_out(name):
  """Under which reason a file that is no picture is left out; '' is nothing."""
  parts = name.split('/')
  if any(map(is_nothing, parts)):
    return ''
  if parts[-1].endswith('.icloud'):
    return '.icloud, for a picture or file that was not downloaded'
  if any(map(is_hidden, parts)):
    return 'hidden, by a dot'
  if parts[-1] in TABLES:
    return parts[-1]
  suffix = SUFFIX.fullmatch(parts[-1])
  if not suffix:
    return 'without a suffix'
  suffix = suffix.group(1).lower()
  unread = suffix in UNREAD
  return f'{suffix}, a picture of a format not read' if unread else suffix


def astray(name):
  """Why a member of an archive would be written elsewhere, or ''."""
  parts = name.replace('\\', '/').split('/')
  if parts[0] == '' or DRIVE.fullmatch(parts[0]):
    return 'an absolute path'
  return 'a path that leads out of the archive' if '..' in parts else ''


def cleaned(name):
  """A path without parts that say nothing: ./a//b is a/b."""
  return '/'.join(part for part in name.split('/') if part not in ('', '.'))


def bad_name(name):
  """Why a name cannot be a key, or ''."""
  if name.isascii() and name.isprintable():
    return ''
  if len(name.splitlines()) != 1:
    return LINE
  return '' if readable(name) == name else 'a name that is not UTF-8'


def readable(name):
  """A name that can be written, whatever its bytes are."""
  return name.encode('utf-8', 'backslashreplace').decode().replace('\n', '\\n')
