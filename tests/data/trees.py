"""One tree of files as a folder, a .zip or a .tar, and how it is refused."""

import zipfile

import pytest
from layouts import tar
from photographs import put

from prune_dm_jax.data import image_folder


def folder(path, files):
  return put(path / 'set', files)


def zipped(path, files):
  with zipfile.ZipFile(path / 'set.zip', 'w') as archive:
    for name, data in files.items():
      archive.writestr(name, data)
  return path / 'set.zip'


def tarred(path, files):
  return put(path, {'set.tar': tar(files)}) / 'set.tar'


def why(path):
  """The sentence by which a tree is refused."""
  with pytest.raises(ValueError) as caught:
    image_folder.open_folder(path)
  (line,) = str(caught.value).splitlines()
  assert line.startswith(f'{path}: ')
  return line
