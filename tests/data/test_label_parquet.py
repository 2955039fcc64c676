"""Labels from metadata.parquet, in a folder, a .zip and a .tar."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import KINDS
from archives import classes
from archives import pictures

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
