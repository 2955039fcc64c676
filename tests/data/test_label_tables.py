"""Labels from dataset.json and metadata.*, in a folder, a .zip and a .tar."""

import pytest
from archives import KINDS
from archives import classes
from archives import dataset
from archives import lines
from archives import pictures
from archives import unpacked
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.labels import label_tables
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import reasons

SHARDS = ('00000/img00000000.png', '00000/img00000001.png', '00001/a.png')

GIVEN = {
  'numbers': (
    dataset([[name, i % 2] for i, name in enumerate(SHARDS)]), SHARDS,
    '0 1 0', 'labels of dataset.json',
  ),
  'numbers by their size': (
    dataset([[name, i] for name, i in zip(SHARDS, (10, 9, 10), strict=True)]),
    SHARDS, '10 9 10', 'labels of dataset.json',
  ),
  'a 1 among zeros': (
    dataset([[SHARDS[0], [0, 1]], [SHARDS[1], [1, 0]], [SHARDS[2], [0, 1.0]]]),
    SHARDS, '1 0 1', 'labels of dataset.json',
  ),
  'floats that are whole': (
    dataset([[name, float(i % 2)] for i, name in enumerate(SHARDS)]), SHARDS,
    '0 1 0', 'labels of dataset.json',
  ),
  'csv of Excel': (
    {'metadata.csv': 'file_name,label\r\n1.png,a\r\n2.png,b'.encode('utf-16')},
    ('1.png', '2.png'), 'a b', 'labels of metadata.csv, column label',
  ),
  'csv of an old Mac': (
    {'metadata.csv': b'file_name,label\r1.png,a\r2.png,b\r'},
    ('1.png', '2.png'), 'a b', 'labels of metadata.csv, column label',
  ),
  'no label at all': (
    {'metadata.jsonl': b'{"file_name": "a/1.png", "label": NaN}'},
    ('a/1.png', 'b/2.png'), 'a b', 'metadata.jsonl gives no labels',
  ),
  'null': (dataset(None), SHARDS, '- - -', 'no classes; dataset.json gives no '
           'labels'),
  'vectors': (
    dataset([[name, [0.5, 0.1]] for name in SHARDS]), SHARDS, '- - -',
    'no classes; dataset.json: its labels are vectors, not a 1 among zeros',
  ),
  'of something else': (
    {'dataset.json': b'[1]'}, ('a/1.png', 'b/2.png'), 'a b',
    'a class a folder; dataset.json not used: no key `labels`',
  ),
  'back slashes': (
    dataset([['a\\1.png', 'x'], ['.\\b\\2.png', 'y']]),
    ('a/1.png', 'b/2.png'), 'x y', 'labels of dataset.json',
  ),
  'jsonl': (
    {'metadata.jsonl': lines({'file_name': '1.png', 'text': 'a', 'label': 'x'},
                             {'file_name': 'b/2.png', 'label': 'y'})},
    ('1.png', 'b/2.png'), 'x y', 'labels of metadata.jsonl, column label',
  ),
  'captions': (
    {'metadata.jsonl': lines({'file_name': 'a/1.png', 'text': 'a'})},
    ('a/1.png', 'b/2.png'), 'a b',
    'a class a folder; metadata.jsonl not used: no column `label`',
  ),
  'csv of several numbers': (
    {'metadata.csv': b'file_name,width,label,height\n1.png,7,3,8\n"2.png",8,4,8'},
    ('1.png', '2.png'), '3 4', 'labels of metadata.csv, column label',
  ),
  'csv of Windows': (
    {'metadata.csv': '\ufefffile_name;class\r\n1.png;é\r\n2.png;"f;g"\r\n'
     .encode()},
    ('1.png', '2.png'), 'é f;g', 'labels of metadata.csv, column class',
  ),
  'csv of pandas': (
    {'metadata.csv': b'file_name, label\n1.png, 3.0\n2.png, 10.0\n'},
    ('1.png', '2.png'), '3 10', 'labels of metadata.csv, column label',
  ),
  'a split that is not said by folders': (
    {'metadata.csv': b'file_name,label,Split\n1.png,a,train\n2.png,b,test\n'},
    ('1.png', '2.png'), 'a b', 'column label, its column split is not used',
  ),
  'a split of a line': (
    {'metadata.jsonl': b'{"file_name": "1.png", "label": 1, "fold": 0}\n'
     b'{"file_name": "2.png", "label": 0, "fold": 1}\n'},
    ('1.png', '2.png'), '1 0', 'column label, its column fold is not used',
  ),
  'objects of several classes': (
    {'metadata.csv': b'file_name,label\n1.png,a\n1.png,b\n2.png,b\n2.png,a\n'},
    ('1.png', '2.png'), '- -', '2 of its 2 pictures are in two classes, so',
  ),
  'fractions': (
    {'metadata.csv': b'file_name,target\n1.png,0.5\n2.png,1\n'},
    ('1.png', '2.png'), '- -',
    'no classes; metadata.csv: its labels are fractions, so they are no classes',
  ),
  'a table that is nearer': (
    dataset([['a/1.png', 0], ['2.png', 1]])
    | {'a/metadata.csv': b'file_name,label\n1.png,a\n'},
    ('2.png', 'a/1.png'), '1 a',
    'labels of dataset.json; labels of a/metadata.csv, column label',
  ),
  'two of a folder': (
    dataset([['1.png', 0], ['2.png', 1]])
    | {'metadata.csv': b'file_name,label\n1.png,a\n2.png,b\n'},
    ('1.png', '2.png'), '0 1',
    'labels of dataset.json; metadata.csv not used',
  ),
}  # fmt: skip
"""Files beside pictures, the pictures, their classes, and what is said."""


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('case', GIVEN)
def test_labels_are_those_of_the_table(case, kind, tmp_path):
  files, names, labels, said = GIVEN[case]
  source = kind(tmp_path, pictures(*names) | files)
  labels = [label.strip('-') for label in labels.split(' ')]
  assert classes(source) == dict(zip(names, labels, strict=True))
  assert not source.bad and said in source.layout


def test_a_table_names_pictures_in_either_spelling_of_an_accent(tmp_path):
  files = pictures('e\u0301.png', 'b.png')
  source = unpacked(tmp_path, files | dataset([['\xe9.png', 0], ['b.png', 1]]))
  assert classes(source) == {'b.png': '1', 'e\u0301.png': '0'}
  assert not source.bad


def test_numbers_are_in_the_order_of_their_size(tmp_path):
  labels = [['1.png', 10], ['2.png', 9]]
  source = unpacked(tmp_path, pictures('1.png', '2.png') | dataset(labels))
  assert source.class_names == ('9', '10')


@pytest.mark.parametrize('kind', KINDS)
def test_each_split_has_its_own_table(kind, tmp_path):
  rows = [{'file_name': f'{i}.png', 'label': 'ab'[i % 2]} for i in range(4)]
  names = [f'{s}/{i}.png' for s in ('train', 'test') for i in range(4)]
  files = pictures(*names, 'val/0.png') | {
    'train/metadata.jsonl': lines(*rows),
    'test/metadata.jsonl': lines(*rows[:2]),
  }
  source = kind(tmp_path, files)
  assert classes(source) == {
    'test/0.png': 'a', 'test/1.png': 'b', 'train/0.png': 'a',
    'train/1.png': 'b', 'train/2.png': 'a', 'train/3.png': 'b',
  }  # fmt: skip
  assert source.held_out.tolist() == [True] * 2 + [False] * 4
  said = 'train 4, test 2 held out, test 2 left out: no class, val 1 left out'
  assert said in source.layout and not source.bad


def test_where_table_and_pictures_differ_each_is_named(tmp_path):
  labels = [[f'{i}.png', i % 2] for i in range(6)]
  labels += [
    ['6.png', None],
    ['8.png', -1],
    ['0.png', 1],
    ['1.png', 1],
    ['gone.png', 0],
  ]
  names = [f'{i}.png' for i in (0, 1, 2, 3, 6, 7, 8)]
  source = unpacked(tmp_path, pictures(*names) | dataset(labels))
  assert source.keys == ('1.png', '2.png', '3.png')
  assert source.bad == {
    '0.png': 'twice in dataset.json, in two classes',
    '4.png': 'listed in dataset.json, but not there',
    '5.png': 'listed in dataset.json, but not there',
    '6.png': 'listed without a label in dataset.json',
    '7.png': 'not in dataset.json',
    '8.png': 'listed without a label in dataset.json',
    'gone.png': 'listed in dataset.json, but not there',
  }


@pytest.mark.parametrize(
  ('file', 'data'),
  [
    ('metadata.csv', b'"File_Name",Label\n1.png,a\n2.png,b\n'),
    ('metadata.jsonl', lines({'File_name': '1.png', 'LABEL': 'a'},
                             {'File_name': '2.png', 'LABEL': 'b'})),
  ],
)  # fmt: skip
def test_a_column_counts_however_it_is_written(file, data, tmp_path):
  source = unpacked(tmp_path, pictures('1.png', '2.png') | {file: data})
  assert classes(source) == {'1.png': 'a', '2.png': 'b'}


@pytest.mark.parametrize(
  'label', [10**400, '1' * 5000, 1e999], ids=['int', 'text', 'float']
)
def test_a_number_that_is_too_large_is_no_class(label, tmp_path):
  files = pictures('1.png', '2.png') | dataset([['1.png', label], ['2.png', 0]])
  source = unpacked(tmp_path, files)
  assert not source.class_names and 'fractions' in source.layout


def test_a_table_that_is_a_link_out_of_the_folder_is_not_read(tmp_path):
  put(tmp_path, dataset([['1.png', 0]]))
  folder = put(tmp_path / 'set', pictures('1.png'))
  (folder / 'dataset.json').symlink_to(tmp_path / 'dataset.json')
  said = 'dataset.json not used: a link that leads out of the folder'
  assert said in image_folder.open_folder(folder).layout


def test_a_table_of_no_sane_size_is_not_read(tmp_path, monkeypatch):
  monkeypatch.setattr('prune_dm_jax.data.walks.beside.MOST_BYTES', 2**20)
  files = {'dataset.json': bytes(2**20 + 1)}
  for kind in KINDS:
    source = kind(tmp_path, pictures('1.png') | files)
    assert 'dataset.json not used: larger than 1 MiB' in source.layout


def test_tables_do_not_touch_what_is_in_no_split_and_has_none(tmp_path):
  names = ('a/1.png', 'b/1.png', 'b/2.png')
  plain = unpacked(tmp_path / 'a', pictures(*names))
  beside = {'metadata.csv': b'id,age\n1,2\n3\n\xff,"4'}
  other = unpacked(tmp_path / 'b', pictures(*names) | beside)
  assert other.fingerprint == plain.fingerprint


@pytest.mark.parametrize('kind', KINDS)
def test_a_table_that_is_used_is_not_left_out(kind, tmp_path):
  files = pictures('a/0.png', 'a/1.png', 'b/2.png') | {
    'a/metadata.csv': b'file_name,label\n0.png,x\n1.png,y\n',
    'b/metadata.csv': b'file_name,label\n2.png,x\n',
    'metadata.csv': b'some,other\n',
    'a/notes.csv': b'1',
  }
  source = kind(tmp_path, files)
  assert {why: count[:2] for why, count in source.left_out.items()} == {
    'metadata.csv': (1, 11), '.csv': (1, 1),
  }  # fmt: skip
  *_, total = reasons.lines(source)
  assert total == 'found        5 = 3 usable + 0 bad + 2 left out'


def test_names_of_tables_are_those_that_are_read():
  assert file_names.TABLES == (*label_tables.READERS,)
