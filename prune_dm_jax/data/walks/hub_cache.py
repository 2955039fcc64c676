"""The cache of the Hugging Face hub: a set in it is a folder of links.

datasets--owner--name/snapshots/<40 hex digits>/a/1.png -> ../../../blobs/...
"""

import pathlib
import re

SNAPSHOT = re.compile(r'[0-9a-f]{40}')


def check(path):
  """Raises ValueError if a path is a cache, of which a snapshot is meant."""
  path = pathlib.Path(path)
  if path.name == 'snapshots':
    path = path.parent
  if not ((path / 'blobs').is_dir() and (path / 'snapshots').is_dir()):
    return
  names = sorted(entry.name for entry in (path / 'snapshots').iterdir())
  if not all(map(SNAPSHOT.fullmatch, names)):
    return
  which = path / 'snapshots' / (current(path, names) or '<none is there>')
  raise ValueError(
    f'{path}: a cache of the Hugging Face hub; give the path of a snapshot in '
    f'it: {which}'
  )


def current(path, names):
  """The snapshot that is called main, else the last."""
  main = path / 'refs' / 'main'
  said = main.read_text('utf-8', 'replace').strip() if main.is_file() else ''
  return said if said in names else max(names, default='')


def home(root):
  """The folder that links in a set may lead to: all of a cache for a snapshot.

  Args:
    root: str, the real path of the set.
  """
  path = pathlib.Path(root)
  inside = SNAPSHOT.fullmatch(path.name) and path.parent.name == 'snapshots'
  blobs = path.parent.parent / 'blobs'
  return str(blobs) if inside and blobs.is_dir() else root
