"""One tree of files as a folder, a .zip and a .tar."""

import io
import json
import tarfile
import zipfile

from photographs import jpeg
from photographs import put

from prune_dm_jax.data import image_folder

PICTURE = jpeg(0)


def zipped(folder, files):
  with zipfile.ZipFile(folder / 'set.zip', 'w') as archive:
    for name, data in files.items():
      archive.writestr(name, data)
  return image_folder.open_folder(folder / 'set.zip')


def tarred(folder, files):
  path = folder / 'set.tar'
  with tarfile.open(path, 'w') as archive:
    for name, data in files.items():
      info = tarfile.TarInfo(f'./{name}')
      info.size = len(data)
      archive.addfile(info, io.BytesIO(data))
  return image_folder.open_folder(path)


def unpacked(folder, files):
  return image_folder.open_folder(put(folder / 'set', files))


KINDS = [unpacked, zipped, tarred]


def pictures(*names):
  return dict.fromkeys(names, PICTURE)


def classes(source):
  """key -> name of its class, or ''."""
  names = (*source.class_names, '')
  return {k: names[i] for k, i in zip(source.keys, source.labels, strict=True)}


def dataset(labels):
  return {'dataset.json': json.dumps({'labels': labels}).encode()}


def lines(*rows):
  return '\n'.join(map(json.dumps, rows)).encode()
