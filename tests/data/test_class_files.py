"""Labels of webdataset: a file beside each picture."""

import pytest
from archives import KINDS
from archives import classes
from archives import lines
from archives import pictures
from archives import unpacked
from archives import zipped
from layouts import tar
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.walks import reasons

NAMES = ('0.png', '1.seg.png', '2.png', 'x/0.png')
FILES = pictures(*NAMES) | {
  '0.cls': b'3', '1.cls': b'10\n', '2.cls': b'3', 'x/0.cls': b'10',
}  # fmt: skip


@pytest.mark.parametrize('kind', KINDS)
def test_a_picture_is_of_the_class_in_the_file_beside_it(kind, tmp_path):
  source = kind(tmp_path, FILES | {'3.cls': b'4'})
  assert classes(source) == dict(zip(NAMES, ['3', '10'] * 2, strict=True))
  assert source.class_names == ('3', '10') and not source.bad
  assert 'labels of 4 .cls files' in source.layout
  *_, total = reasons.lines(source)
  assert total == 'found        5 = 4 usable + 0 bad + 1 left out'


def test_a_table_goes_before_such_files(tmp_path):
  rows = [{'file_name': name, 'label': name[0]} for name in NAMES]
  source = unpacked(tmp_path, FILES | {'metadata.jsonl': lines(*rows)})
  assert source.class_names == ('0', '1', '2', 'x')


def test_a_picture_without_such_a_file_is_named(tmp_path):
  files = dict(FILES)
  del files['2.cls']
  assert zipped(tmp_path, files).bad == {
    '2.png': 'listed without a label in its .cls'
  }


@pytest.mark.parametrize('kind', KINDS)
def test_the_first_picture_may_be_one_without(kind, tmp_path):
  files = {name: data for name, data in FILES.items() if name != '0.cls'}
  source = kind(tmp_path, files)
  assert source.bad == {'0.png': 'listed without a label in its .cls'}
  assert source.class_names == ('3', '10')


def test_several_pictures_may_have_one_file(tmp_path):
  ends = ('jpg', 'front.png', 'back.png')
  files = pictures(*(f'{i}.{end}' for i in range(4) for end in ends))
  files |= {f'{i}.cls': str(i % 2).encode() for i in range(4)}
  found = classes(unpacked(tmp_path, files))
  assert found == {name: str(int(name[0]) % 2) for name in found}


def test_files_that_few_pictures_have_are_no_labels(tmp_path):
  names = [f'{c}/{i}.png' for c in 'ab' for i in range(3)]
  source = unpacked(tmp_path, pictures(*names) | {'a/1.cls': b'TeX'})
  assert source.class_names == ('a', 'b') and not source.bad
  assert '.cls files not used: 1 of 6 pictures have one' in source.layout


@pytest.mark.parametrize('data', [b'\xff', bytes(2000)])
def test_what_is_no_label_is_refused_by_name(data, tmp_path):
  with pytest.raises(ValueError, match='1.cls'):
    unpacked(tmp_path, FILES | {'1.cls': data})


def test_of_a_folder_of_shards_it_is_said_how_all_are_read(tmp_path):
  shards = {f'{i}.tar': tar(FILES) for i in range(2)}
  with pytest.raises(ValueError, match='tar -cf one.tar'):
    unpacked(tmp_path, shards)
  with pytest.raises(ValueError, match='of a .tar, or unpack it'):
    unpacked(tmp_path / 'one', {'0.tar': tar(FILES)})
  assert (
    len(
      image_folder.open_folder(put(tmp_path, {'1.tar': tar(shards)}) / '1.tar')
    )
    == 8
  )
