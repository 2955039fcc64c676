"""The same pictures are the same set, however they are packed."""

import collections
import hashlib
import json
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layouts import SYNSETS
from layouts import tar
from photographs import jpeg
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet

CLASSES = ('cat', 'dog', 'éclair')
FILES = {f'{CLASSES[i % 3]}/{i:02d}.jpg': jpeg(i) for i in range(9)}


def folder(path):
  return put(path / 'set', FILES)


def zipped(path, around=''):
  with zipfile.ZipFile(path / 'set.zip', 'w') as archive:
    for name, data in FILES.items():
      archive.writestr(around + name, data)
  return path / 'set.zip'


def zipped_around(path):
  return zipped(path, 'pets/')


def tarred(path, around=''):
  members = {around + name: data for name, data in FILES.items()}
  return put(path, {'set.tar': tar(members)}) / 'set.tar'


def tarred_around(path):
  return tarred(path, 'pets/')


def tarred_by_hand(path):
  """As `tar -cf set.tar -C set .` does: folders are members, of ./ all."""
  with tarfile.open(path / 'set.tar', 'w') as archive:
    archive.add(folder(path), '.')
  return path / 'set.tar'


def tar_of_tars(path):
  inner = {
    f'{name}.tar': tar(
      {n.split('/')[1]: d for n, d in FILES.items() if n.startswith(name)}
    )
    for name in CLASSES
  }
  return put(path, {'set.tar': tar(inner)}) / 'set.tar'


def parquet(path):
  label = [CLASSES.index(name.split('/')[0]) for name in FILES]
  image = [{'bytes': d, 'path': n.split('/')[1]} for n, d in FILES.items()]
  said = {'label': {'_type': 'ClassLabel', 'names': CLASSES}}
  table = pa.table({'image': image, 'label': label})
  table = table.replace_schema_metadata(
    {'huggingface': json.dumps({'info': {'features': said}})}
  )
  pq.write_table(table, path / 'train.parquet', row_group_size=4)
  return path / 'train.parquet'


def edm(path):
  labels = [
    [f'00000/img{i:08d}.png', name.split('/')[0]]
    for i, name in enumerate(FILES)
  ]
  with zipfile.ZipFile(path / 'set.zip', 'w') as archive:
    for (name, _), data in zip(labels, FILES.values(), strict=True):
      archive.writestr(name, data)
    archive.writestr('dataset.json', json.dumps({'labels': labels}))
  return path / 'set.zip'


def contents(source):
  """(class, hash of the file) -> number."""
  hashes = (
    hashlib.sha256(source.data(i)).hexdigest() for i in range(len(source))
  )
  names = (source.class_names[label] for label in source.labels)
  return collections.Counter(zip(names, hashes, strict=True))


PATHS = [zipped, zipped_around, tarred, tarred_around, tarred_by_hand,
         tar_of_tars]  # fmt: skip


@pytest.mark.parametrize('layout', [*PATHS, parquet, edm])
def test_every_layout_has_the_same_classes_and_pictures(layout, tmp_path):
  first = image_folder.open_folder(folder(tmp_path / 'first'))
  other = image_folder.open_folder(layout(tmp_path))
  assert other.class_names == first.class_names == CLASSES
  assert contents(other) == contents(first)
  assert len(other) == len(FILES) and not other.bad and not other.left_out
  if layout in PATHS:
    assert other.keys == first.keys
    assert other.fingerprint == first.fingerprint
    np.testing.assert_array_equal(other.labels, first.labels)


def synsets():
  for i in range(9):
    synset = SYNSETS[i % 3]
    yield synset, f'{synset}_{i}.JPEG', jpeg(i)


def of_folders(path):
  return put(path, {f'train/{s}/{name}': data for s, name, data in synsets()})


def of_tars(path):
  inner = {
    f'{synset}.tar': tar({n: d for s, n, d in synsets() if s == synset})
    for synset in SYNSETS
  }
  return put(path, {'ILSVRC2012_img_train.tar': tar(inner)})


def test_imagenet_is_the_same_in_folders_and_in_a_tar_of_tars(tmp_path):
  one = imagenet.open_imagenet(of_folders(tmp_path / 'folders'))
  two = imagenet.open_imagenet(of_tars(tmp_path / 'tars'))
  assert two.class_names == one.class_names == SYNSETS
  assert two.keys == one.keys and two.fingerprint == one.fingerprint
  assert contents(two) == contents(one) and len(one) == 9


def test_folders_that_are_members_are_no_pictures(tmp_path):
  put(tmp_path / 'set', {'a.jpg/0.jpg': jpeg(0), 'b.jpg/1.jpg': jpeg(1)})
  with tarfile.open(tmp_path / 'set.tar', 'w') as archive:
    archive.add(tmp_path / 'set', '.')
  with zipfile.ZipFile(tmp_path / 'set.zip', 'w') as archive:
    archive.mkdir('a.jpg')
    archive.write(tmp_path / 'set/a.jpg/0.jpg', 'a.jpg/0.jpg')
    archive.mkdir('b.jpg')
    archive.write(tmp_path / 'set/b.jpg/1.jpg', 'b.jpg/1.jpg')
  for path in ('set', 'set.tar', 'set.zip'):
    source = image_folder.open_folder(tmp_path / path)
    assert source.class_names == ('a.jpg', 'b.jpg') and not source.bad
    ((why, count),) = source.left_out.items()
    assert 'called like a picture' in why and count[:2] == (2, 0)
