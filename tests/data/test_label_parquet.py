"""Labels from metadata.parquet, in a folder, a .zip and a .tar."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import KINDS
from archives import classes
from archives import pictures
from archives import unpacked
from sheets import BYTES
from sheets import FILES

NAMES = ('1.png', '2.png', '3.png')


def sheet(columns):
  file = io.BytesIO()
  pq.write_table(pa.table(columns), file)
  return {'metadata.parquet': file.getvalue()}


LABELS = {
  'words': (['x', 'y', 'x'], 'x y x'),
  'numbers': ([3.0, 10.0, 3.0], '3 10 3'),
  'a dictionary': (pa.array(['x', 'y', 'x']).dictionary_encode(), 'x y x'),
  'a 1 among zeros': ([[0, 1], [1, 0], [0, 1]], '1 0 1'),
}


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('labels', LABELS)
def test_labels_are_those_of_the_table(labels, kind, tmp_path):
  column, expected = LABELS[labels]
  table = {'File_Name': NAMES, 'text': ['a'] * 3, 'label': column}
  source = kind(tmp_path, pictures(*NAMES) | sheet(table))
  assert classes(source) == dict(zip(NAMES, expected.split(), strict=True))
  assert 'labels of metadata.parquet, column label' in source.layout
  assert not source.bad and not source.left_out


@pytest.mark.parametrize('kind', KINDS)
def test_a_table_without_labels_leaves_them_to_the_folders(kind, tmp_path):
  names = ('a/1.png', 'b/2.png')
  files = pictures(*names) | sheet({'file_name': names, 'text': ['a', 'b']})
  source = kind(tmp_path, files)
  assert source.class_names == ('a', 'b')
  assert 'metadata.parquet not used: no column `label`' in source.layout


@pytest.mark.parametrize('kind', KINDS)
def test_a_torn_table_is_refused(kind, tmp_path):
  table = sheet({'file_name': NAMES, 'label': [1, 2, 3]})['metadata.parquet']
  with pytest.raises(ValueError, match='metadata.parquet: not a Parquet file'):
    kind(tmp_path, pictures(*NAMES) | {'metadata.parquet': table[:-9]})


BESIDE = {
  'thumbnails': ('metadata', {'thumbnail': BYTES[:3]}),
  'thumbnails in structs': ('other', {'thumbnail': FILES[:3]}),
  'no name that is there': (
    'metadata',
    {'file_name': ['x.png'] * 3, 'thumbnail': BYTES[:3]},
  ),
  'hashes': ('metadata', {'sha': [b'12345678'] * 3}),
  'hashes alone': (
    'hashes',
    {'file_name': [''] * 3, 'sha': [b'P6', b'', None]},
  ),
}
"""Columns of bytes, of tables that are about the pictures beside them."""


@pytest.mark.parametrize('case', BESIDE)
def test_pictures_are_no_column_of_a_table_about_them(case, tmp_path):
  names = ('a/1.png', 'a/2.png', 'b/3.png')
  file, column = BESIDE[case]
  (table,) = sheet({'file_name': names, **column}).values()
  source = unpacked(tmp_path, pictures(*names) | {f'{file}.parquet': table})
  assert classes(source) == {name: name[0] for name in names}
  assert not source.bad


def test_a_table_of_pictures_is_the_set_though_it_names_some_beside_it(
  tmp_path,
):
  names = ['1.png', 'x.png', 'y.png']
  for i, image in enumerate((BYTES[:3], FILES[:3])):
    (table,) = sheet({'file_name': names, 'image': image}).values()
    files = pictures('assets/1.png') | {'train.parquet': table}
    assert len(unpacked(tmp_path / str(i), files)) == 3
