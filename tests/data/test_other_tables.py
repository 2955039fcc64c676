"""Labels from a table that no layout names: read where it is clear, else said."""

import pytest
from archives import KINDS
from archives import classes
from archives import pictures
from archives import unpacked

TRAIN = [f'train/{i}.png' for i in range(6)]
FLAT = [f'{i}.png' for i in range(6)]


def rows(head, names, labels='ab'):
  some = [f'{name},{labels[i % 2]}' for i, name in enumerate(names)]
  return '\n'.join([head, *some]).encode()


CLEAR = {
  'names beside it': (FLAT, {'labels.csv': rows('filename,label', FLAT)}),
  'of Kaggle': (
    TRAIN, {'trainLabels.csv': rows('id,label', range(6))}
    | pictures('test/0.png', 'test/1.png')
  ),
  'in a folder': (
    [f'images/{name}' for name in FLAT],
    {'train.csv': rows('Image,Class', FLAT)},
  ),
  'of another machine': (
    FLAT, {'data.csv': rows('path,target', [f'C:\\x\\{n}' for n in FLAT])}
  ),
  'of two columns': (TRAIN, {'labels.csv': rows('id,breed', range(6))}),
  'with masks': (
    [f'images/{name}' for name in FLAT],
    {'labels.csv': rows('image,label', range(6))}
    | pictures(*[f'masks/{name}' for name in FLAT]),
  ),
  'by whole paths': (
    TRAIN, {'labels.csv': rows('path,label', [*TRAIN, 'test/0.png'])}
    | pictures('test/0.png')
  ),
  'in shards': (
    [f'0000{i}/img0000{i}00{i}.png' for i in range(6)],
    {'labels.csv': rows('image,label', [f'img0000{i}00{i}' for i in range(6)])},
  ),
}  # fmt: skip


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('case', CLEAR)
def test_a_clear_table_gives_the_labels(case, kind, tmp_path):
  names, files = CLEAR[case]
  source = kind(tmp_path, pictures(*names) | files)
  found = classes(source)
  assert [found[name] for name in names] == ['a', 'b'] * 3
  (table,) = (name for name in files if name.endswith('.csv'))
  assert f'labels of {table}' in source.layout and not source.bad


UNCLEAR = {
  'no label': (FLAT, b'file,width\n0.png,7\n1.png,8\n2.png,9\n', 'no column `label`'),
  'of three columns': (
    FLAT, b'file,width,at\n' + b'1.png,2,3\n' * 6, 'no column `label`'
  ),
  'no name': (FLAT, rows('when,label', FLAT), 'no column `file_name`'),
  'other names': (
    FLAT, rows('file,label', [f'x{n}' for n in FLAT]),
    "6 of its 6 names are of no picture here, such as 'x0.png'",
  ),
  'few names': (FLAT, rows('file,label', FLAT[:2]), '4 of 6 pictures are not'),
  'twice a name': (
    ['a/1.png', 'a/0.png', 'b/0.png', 'b/1.png'], rows('id,label', range(2)),
    'a class is a folder',
  ),
  'boxes': (
    FLAT, rows('id,label', FLAT) + rows('', FLAT, 'bab'),
    '6 of its 6 pictures are in two classes',
  ),
  'torn': (FLAT, b'file,label\n1.png', 'line 2 has 1 fields'),
  'fractions': (FLAT, rows('id,target', FLAT, ('0.1', '0.5')), 'fractions'),
}  # fmt: skip


@pytest.mark.parametrize('case', UNCLEAR)
def test_of_a_table_that_is_not_clear_it_is_said_why(case, tmp_path):
  names, table, why = UNCLEAR[case]
  plain = unpacked(tmp_path / 'plain', pictures(*names))
  source = unpacked(tmp_path, pictures(*names) | {'labels.csv': table})
  assert why in source.layout and 'labels.csv' in source.layout
  assert classes(source) == classes(plain) and not source.bad
  assert source.left_out['.csv'].number == 1


def test_each_split_may_have_one(tmp_path):
  names = [f'{s}/{i}.png' for s in ('train', 'test') for i in range(4)]
  files = {
    f'{s}/labels.csv': rows('id,label', range(4)) for s in ('train', 'test')
  }
  source = unpacked(tmp_path, pictures(*names) | files)
  assert classes(source) == {name: 'ab'[int(name[-5]) % 2] for name in names}
  assert source.held_out.sum() == 4 and not source.bad


def test_few_that_differ_are_named_each(tmp_path):
  table = rows('file,label', [*FLAT[:5], 'gone.png'])
  source = unpacked(tmp_path, pictures(*FLAT) | {'labels.csv': table})
  assert source.keys == tuple(FLAT[:5]) and source.bad == {
    '5.png': 'not in labels.csv',
    'gone.png': 'listed in labels.csv, but not there',
  }
