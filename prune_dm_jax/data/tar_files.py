"""Pictures inside a .tar, or a tar of tars, read in place by their offsets.

Nothing is extracted: the headers are read once, and a picture is a range of
bytes of the outermost file.
"""

import tarfile
from typing import NamedTuple

from prune_dm_jax.data import folders


class Span(NamedTuple):
  file: str
  offset: int
  size: int


def walk(path):
  """As folders.walk: [(name, Span, size)] and name -> why.

  A member n01440764.tar of the archive is a folder n01440764.
  """
  found, bad = [], {}
  with open(path, 'rb') as file:
    try:
      for prefix, begin, info in members(file):
        name = (prefix + info.name).removeprefix('./')
        why = why_not(info, name)
        if why:
          bad[folders.readable(name)] = why
        elif info.isfile() and folders.is_picture(name):
          span = Span(str(path), begin + info.offset_data, info.size)
          found.append((name, span, info.size))
    except (tarfile.TarError, EOFError) as error:
      raise ValueError(f'{path}: a torn .tar, or none: {error}') from error
  return found, bad


def members(file):
  """(folder within, offset of the archive that holds it, TarInfo) of each."""
  for info in entries(file):
    if not (info.isfile() and info.name.endswith('.tar')):
      yield '', 0, info
      continue
    folder = info.name.removesuffix('.tar') + '/'
    part = Part(file, info.offset_data, info.size)
    for within in entries(part):
      yield folder, info.offset_data, within


def entries(file):
  """The TarInfo of each member; none is kept."""
  with tarfile.open(fileobj=file, mode='r:') as archive:
    while (info := archive.next()) is not None:
      archive.members = []
      yield info


class Part:
  """A range of an open file, as a file that can be read and sought."""

  def __init__(self, file, begin, size):
    self._file, self._begin, self._size = file, begin, size
    self._at = 0

  def tell(self):
    return self._at

  def seek(self, offset):
    self._at = offset

  def read(self, size):
    self._file.seek(self._begin + self._at)
    data = self._file.read(min(size, max(self._size - self._at, 0)))
    self._at += len(data)
    return data


def why_not(info, name):
  """Why a member with the name of a picture is refused, or ''."""
  if not folders.is_picture(name.lstrip('/')):
    return ''
  if info.isdir():
    return 'a folder'
  if not info.isfile():
    return 'a link' if info.issym() or info.islnk() else 'not a file'
  if info.name.startswith('/'):
    return 'an absolute path'
  if '..' in name.split('/'):
    return 'a path that leads out of the archive'
  return folders.bad_name(name) if info.size else 'empty'


def read(where):
  with open(where.file, 'rb') as file:
    file.seek(where.offset)
    data = file.read(where.size)
  if len(data) < where.size:
    raise ValueError('truncated archive')
  return data
