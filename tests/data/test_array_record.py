"""Any set that TFDS prepared, and what only has a file of the same name."""

import io
import shutil

import numpy as np
import pytest
from layouts import prepared
from sheets import BYTES
from sheets import put

from prune_dm_jax.data import image_folder


def made(folder, features, version='1.0.0', **examples):
  """A set of these features: split -> [what is beside the picture]."""
  import tensorflow_datasets as tfds

  kinds = {
    'text': tfds.features.Text(),
    'number': tfds.features.Scalar(np.int64),
    'named': tfds.features.ClassLabel(names=['ant', 'bee']),
    'many': tfds.features.ClassLabel(num_classes=10**12),
    'list': tfds.features.Sequence(tfds.features.Scalar(np.int64)),
    'image': tfds.features.Image(),
  }
  given = {
    split: {
      i: {'image': io.BytesIO(BYTES[i]), **one} for i, one in enumerate(those)
    }
    for split, those in examples.items()
  }
  of = {'image': 'image'} | features
  of = {name: kinds[kind] for name, kind in of.items()}
  return prepared(folder, 'mine', version, of, given)


CLASSES = {
  'number': ([7, 999_999_999], ('7', '999999999')),
  'text': (['dog', 'elk'], ('dog', 'elk')),
  'many': ([5, 10**11], ('5', '100000000000')),
  'named': ([0, 1], ('ant', 'bee')),
}


@pytest.mark.parametrize('kind', CLASSES)
def test_a_set_of_any_name_opens_with_its_classes(kind, tmp_path):
  values, names = CLASSES[kind]
  # TFDS shuffles, so that the picture says which example it is.
  rows = [{'label': values[i % 2]} for i in range(6)]
  source = image_folder.open_folder(
    made(tmp_path, {'label': kind}, train=rows, test=rows[:2])
  )
  assert source.class_names == names and source.held_out.sum() == 2
  expected = [BYTES.index(source.data(i)) % 2 for i in range(8)]
  assert source.labels.tolist() == expected


def test_a_class_of_another_name_is_said(tmp_path):
  rows = [{'species': 1}] * 3
  source = image_folder.open_folder(
    made(tmp_path, {'species': 'named'}, train=rows)
  )
  assert source.labels.tolist() == [1] * 3
  assert source.layout == "TFDS, ArrayRecord, classes of 'species'"


def test_without_classes_it_opens_without(tmp_path):
  source = image_folder.open_folder(made(tmp_path, {}, train=[{}] * 3))
  assert source.class_names == () and source.labels.tolist() == [-1] * 3


def test_a_list_of_classes_is_one_sentence(tmp_path):
  path = made(tmp_path, {'label': 'list'}, train=[{'label': [1, 2]}])
  with pytest.raises(ValueError, match='feature `label` is Sequence'):
    image_folder.open_folder(path)


def test_of_versions_the_highest_is_read_and_of_sets_none(tmp_path):
  path = made(tmp_path, {}, '9.0.0', train=[{}] * 3)
  made(tmp_path, {}, '10.0.0', train=[{}] * 4)
  assert len(image_folder.open_folder(path)) == 4
  for name in 'ab':
    shutil.copytree(path / '9.0.0', tmp_path / 'all' / name / '9.0.0')
  with pytest.raises(ValueError, match='several sets of TFDS, a, b'):
    image_folder.open_folder(tmp_path / 'all')


def test_records_that_are_gone_are_missed_by_name(tmp_path):
  path = made(tmp_path, {}, train=[{}] * 3)
  (file,) = path.rglob('*.array_record-*')
  file.unlink()
  with pytest.raises(ValueError, match=f'{file.name} .* is not there'):
    image_folder.open_folder(path)


@pytest.mark.parametrize('text', [b'{', b'[]', b'{"x": 1}'])
def test_a_torn_set_is_one_sentence(text, tmp_path):
  put(tmp_path, {'dataset_info.json': text, 'features.json': text})
  with pytest.raises(ValueError, match='TFDS cannot read') as raised:
    image_folder.open_folder(tmp_path)
  assert '\n' not in str(raised.value)


@pytest.mark.parametrize('text', [b'{', b'[]', b'{"homepage": ""}'])
def test_a_file_of_the_same_name_is_not_of_tfds(text, tmp_path):
  files = {'dataset_info.json': text, 'a/0.png': BYTES[0]}
  source = image_folder.open_folder(put(tmp_path, files))
  assert source.keys == ('a/0.png',)
