"""Foreign tables: which column is what, of which split, under which key."""

import io

import damage
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layouts import parquet as published
from photographs import crop
from sheets import BYTES
from sheets import FILES
from sheets import LABELS
from sheets import NAMED
from sheets import featured
from sheets import opened
from sheets import put
from sheets import table

from prune_dm_jax.commands import data as command
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.data.tables import parquet

PATHS = pa.struct([('bytes', pa.binary()), ('path', pa.string())])


@pytest.mark.parametrize('name', ['image', 'img', 'jpg', 'pixel_values', 'a.b'])
@pytest.mark.parametrize(
  'column',
  [
    FILES,
    [{'bytes': data} for data in BYTES],
    pa.array(BYTES, pa.large_binary()),
    pa.array(BYTES).dictionary_encode(),
  ],
  ids=['struct', 'no path', 'large', 'dictionary'],
)
def test_pictures_are_read_from_whatever_column_can_hold_them(
  name, column, tmp_path
):
  given = pa.table({name: column, 'label': LABELS})
  for end in ('parquet', 'arrow'):
    source = opened(tmp_path / end, {f'a.{end}': given})
    assert source.labels.tolist() == LABELS
    assert (name in source.layout) == (name != 'image')
    for i in range(6):
      np.testing.assert_array_equal(source.image(i), crop(i)[:16, :16])


CLASSES = {
  'ids far apart': ([7, 999_999_999, 7, 3, 3, 3], [1, 2, 1, 0, 0, 0],
                    ('3', '7', '999999999')),
  'bytes': (pa.array(LABELS, pa.uint8()), LABELS, ('0', '1', '2')),
  'beyond int64': (pa.array([2**64 - 1, 0] * 3, pa.uint64()), [1, 0] * 3,
                   ('0', str(2**64 - 1))),
  'bools': ([True, False] * 3, [1, 0] * 3, ('False', 'True')),
  'whole floats': ([1.0, float('nan'), None] * 2, [0, -1, -1] * 2, ('1',)),
  'texts': (['b', 'a', None] * 2, [1, 0, -1] * 2, ('a', 'b')),
  'blank texts': (['b', ' ', 'b '] * 2, [0, -1, 0] * 2, ('b',)),
  'dictionary': (pa.array(['b', 'a'] * 3).dictionary_encode(), [1, 0] * 3,
                 ('a', 'b')),
  'some none': ([5, -1, None] * 2, [0, -1, -1] * 2, ('5',)),
  'null': (pa.nulls(6), [-1] * 6, ()),
}  # fmt: skip


@pytest.mark.parametrize('case', CLASSES)
def test_classes_are_those_that_are_there(case, tmp_path):
  column, labels, names = CLASSES[case]
  source = opened(tmp_path, {'a.parquet': table(label=column)})
  assert source.labels.tolist() == labels and source.class_names == names


def test_names_of_the_file_are_those_of_the_classes(tmp_path):
  source = opened(tmp_path, {'a.parquet': featured(table(), NAMED)})
  assert source.class_names == ('ant', 'bee', 'cat')


def latin():
  """Pictures whose names are texts of another encoding."""
  said = pa.array([b'caf\xe9'] * 6).view(pa.string())
  return pa.StructArray.from_arrays([pa.array(BYTES), said], ['bytes', 'path'])


def torn(given):
  file = io.BytesIO()
  pq.write_table(given, file)
  return file.getvalue()[:-9]


REFUSED = {
  'paths alone': (table(image=pa.array([{'path': 'a'}] * 6, PATHS)),
                  "column 'image' holds no pictures"),
  'text': (table(image=['a.png'] * 6), "'image' is string, which holds paths"),
  'pixels': (table(image=[[1, 2]] * 6), "'image' is list.* cannot be read"),
  'no picture': (pa.table({'a': [1]}), 'type can be a picture, among a int64'),
  'several': (pa.table({'a': FILES, 'b': FILES}), 'a, b could each be'),
  'a list of classes': (table(label=[[1]] * 6), '`label` is list.*int64'),
  'half a class': (table(label=[0.5] * 6), "'label' holds 0.5"),
  'names too few': (featured(table(label=[3] * 6), NAMED),
                    'a label is 3, but only 3 classes have names'),
  'latin-1': (table(image=latin()), r"not in UTF-8: b'caf.xe9'"),
  'no rows': (table().slice(0, 0), 'its tables hold no rows'),
  'torn': (torn(table()), 'not a Parquet file, or a torn one'),
  'lfs': (b'version https://git-lfs.github.com/spec/v1', 'git lfs pull'),
  'encrypted': (b'PARE' + bytes(20) + b'PARE', 'an encrypted Parquet file'),
}  # fmt: skip


@pytest.mark.parametrize('case', REFUSED)
def test_what_cannot_be_read_is_one_sentence_of_its_file(case, tmp_path):
  given, sentence = REFUSED[case]
  with pytest.raises(ValueError, match=sentence) as raised:
    opened(tmp_path, {'train.parquet': given})
  assert str(tmp_path) in str(raised.value) and '\n' not in str(raised.value)


DISAGREE = {
  'pictures': pa.table({'img': FILES, 'label': LABELS}),
  'kind': table(label=['a'] * 6),
  'names': featured(table(), {'label': NAMED['label'] | {'names': ['x'] * 3}}),
  'no classes': pa.table({'image': FILES}),
}


@pytest.mark.parametrize('case', DISAGREE)
def test_two_files_that_mean_different_things_are_both_named(case, tmp_path):
  one, other = 'train-00000-of-00002.parquet', 'train-00001-of-00002.parquet'
  files = {one: featured(table(), NAMED), other: DISAGREE[case]}
  with pytest.raises(ValueError) as raised:
    opened(tmp_path, files)
  assert one in str(raised.value) and other in str(raised.value)


SHARD = '-00000-of-00001.parquet'
PLACES = {
  'one folder': ({f'train{SHARD}': 0, f'test{SHARD}': 1}, ['test', 'train']),
  'data/': ({f'data/train{SHARD}': 0, 'data/dev.parquet': 1}, ['train', 'val']),
  'converted': ({'default/train/0000.parquet': 0,
                 'default/validation/0000.parquet': 1}, ['train', 'val']),
  'numbers': ({'0000.parquet': 0, '0001.parquet': 0}, ['train']),
  'any name': ({'all.parquet': 0}, ['train']),
  'test alone': ({f'test{SHARD}': 0}, ['train']),
  'an unknown split': ({f'train{SHARD}': 0, f'extra{SHARD}': None}, ['train']),
}  # fmt: skip


@pytest.mark.parametrize('case', PLACES)
def test_a_split_is_the_name_of_a_file_or_of_its_folder(case, tmp_path):
  """Of name -> held out or not; None is left out."""
  files, splits = PLACES[case]
  source = opened(tmp_path, dict.fromkeys(files, table()))
  assert sorted({key.split('/')[0] for key in source.keys}) == splits
  assert source.held_out.sum() == 6 * sum(filter(None, files.values()))
  assert len(source) == 6 * sum(held is not None for held in files.values())
  assert ('left out: extra' in source.layout) == (None in files.values())


def test_configurations_side_by_side_are_not_mixed(tmp_path):
  files = {f'{name}/train/0000.parquet': table() for name in 'ab'}
  with pytest.raises(ValueError, match='several folders, a, b; give the path'):
    opened(tmp_path, files)


def test_a_column_is_of_classes_however_its_name_is_written(tmp_path):
  for name in ('Label', 'label ', 'CLASS'):
    given = table().rename_columns(['image', name])
    source = opened(tmp_path / name, {'a.parquet': given})
    assert source.labels.tolist() == LABELS and repr(name) in source.layout


def test_names_that_are_there_twice_give_way_to_numbers(tmp_path):
  files = {f'train-0000{i}-of-00002.parquet': table() for i in range(2)}
  source = opened(tmp_path, files)
  expected = [f'train/{f[:-8]}-00000-{i:05d}' for f in files for i in range(6)]
  assert list(source.keys) == expected and not source.bad
  assert '12 pictures numbered' in source.layout


def test_a_row_without_a_picture_is_bad_alone(tmp_path):
  image = [None, {'bytes': None, 'path': 'x'}, *FILES[2:]]
  source = opened(tmp_path, {'a.parquet': table(image=image)})
  why = 'there is no picture in its row'
  assert damage.bad(source) == dict.fromkeys(
    ['train/a-00000-00000', 'train/x'], why
  )


def test_a_group_of_which_rows_are_missing_is_damaged(tmp_path, monkeypatch):
  whole = opened(tmp_path, {'a.parquet': table()})
  read = parquet.pq.ParquetFile.read_row_group
  less = lambda *given: read(*given)[:2]
  monkeypatch.setattr(parquet.pq.ParquetFile, 'read_row_group', less)
  with pytest.raises(ValueError, match='its group 0 of rows is damaged'):
    opened(tmp_path, {})
  assert len(damage.bad(whole)) == 6


def test_a_group_too_large_for_memory_is_refused(tmp_path, monkeypatch):
  monkeypatch.setattr(parquet, 'MOST_BYTES', 100)
  with pytest.raises(ValueError, match='a smaller row_group_size'):
    opened(tmp_path, {'a.parquet': table()})


def test_a_table_of_notes_beside_pictures_is_not_the_set(tmp_path):
  notes = pa.table({'file_name': ['a.png'], 'label': [1]})
  files = {'notes.parquet': notes, 'x/a.png': BYTES[0], 'y/b.png': BYTES[1]}
  assert opened(tmp_path, files).keys == ('x/a.png', 'y/b.png')


def test_pictures_beside_the_set_are_not_taken_for_it_and_counted(tmp_path):
  notes = pa.table({'file_name': ['a.png']})
  files = {'assets/a.png': BYTES[0], 'train.parquet': table()}
  source = opened(tmp_path / 'one', files)
  assert len(source) == 6
  ((why, count),) = source.left_out.items()
  assert why == 'a picture beside tables of pictures'
  assert count == (1, len(BYTES[0]), 'assets/a.png')
  with pytest.raises(ValueError, match='about.parquet: no column `image`'):
    opened(tmp_path / 'other', files | {'about.parquet': notes})


def test_only_what_has_its_numbers_is_taken_for_imagenet(tmp_path):
  ours = put(tmp_path / 'ours', {'train.parquet': table()})
  assert command.recognised(ours) == 'image_folder'
  (tmp_path / 'theirs').mkdir()
  path = published(tmp_path / 'theirs')
  assert command.recognised(path) == 'imagenet'
  one, other = imagenet.open_imagenet(path), image_folder.open_folder(path)
  assert one.labels.tolist() == other.labels.tolist()
  assert one.class_names == other.class_names and len(one) == len(other) == 18
