"""Tables of labels that are about something else, or say it in their own way."""

import pytest
from archives import KINDS
from archives import classes
from archives import dataset
from archives import pictures
from archives import unpacked

NAMES = ('cat/c0.png', 'cat/c1.png', 'dog/d0.png', 'dog/d1.png')

BOXES = b"""filename,class,xmin
c0.png,paw,1
c0.png,tail,2
c1.png,paw,1
d0.png,tail,1
"""

OTHERS = {
  'of nnU-Net': (dataset({'background': 0, 'road': 1}), "but 'background'"),
  'classes': (dataset([{'id': 0, 'name': 'cat'}]), 'name no pictures'),
  'names of classes': (dataset(['cat', 'dog']), 'name no pictures'),
  'none': (dataset([]), 'name no pictures'),
  'other things': ({'metadata.csv': b'file_name,label\nx,1\ny,2\n'}, "but 'x'"),
  'boxes': ({'metadata.csv': BOXES}, 'its column xmin is of objects'),
}


@pytest.mark.parametrize('case', OTHERS)
def test_what_is_about_something_else_leaves_classes_to_folders(case, tmp_path):
  files, said = OTHERS[case]
  source = unpacked(tmp_path, pictures(*NAMES) | files)
  assert classes(source) == {name: name[:3] for name in NAMES}
  assert 'not used' in source.layout and said in source.layout
  assert not source.bad


def test_what_names_pictures_wrongly_is_refused_still(tmp_path):
  for i, row in enumerate(({'file': 'cat/c0.png', 'label': 1}, ['c0.png'])):
    with pytest.raises(ValueError, match='among its labels is not'):
      unpacked(tmp_path / str(i), pictures(*NAMES) | dataset([row]))


def test_labels_with_a_box_of_each_picture_are_labels(tmp_path):
  rows = [f'{i}.png,{"ab"[i % 2]},{i}' for i in range(6)]
  table = '\n'.join(['filename,class,xmin', *rows]).encode()
  files = pictures(*(f'{i}.png' for i in range(6)))
  source = unpacked(tmp_path, files | {'annotations.csv': table})
  assert source.class_names == ('a', 'b') and not source.bad


@pytest.mark.parametrize('end', ['.png', ''])
def test_bare_names_are_of_the_pictures_with_these_stems(end, tmp_path):
  stems = ('c0', 'c1', 'd0', 'd1')
  rows = [
    f'{stem}{end},{label}' for stem, label in zip(stems, 'xyxy', strict=True)
  ]
  table = '\n'.join(['file_name,label', *rows]).encode()
  source = unpacked(tmp_path, pictures(*NAMES) | {'metadata.csv': table})
  assert classes(source) == dict(zip(NAMES, 'xyxy', strict=True))
  assert not source.bad


def test_a_bare_name_of_two_pictures_is_not_guessed(tmp_path):
  files = pictures('a/0.png', 'b/0.png', 'a/1.png', 'b/1.png')
  table = b'file_name,label\n0.png,x\n1.png,y\n'
  with pytest.raises(ValueError, match='none is there'):
    unpacked(tmp_path, files | {'metadata.csv': table})


def test_rows_of_commas_alone_are_no_rows(tmp_path):
  table = b'file_name,label\n0.png,x\n,\n1.png,y\n , \n'
  files = pictures('0.png', '1.png') | {'metadata.csv': table}
  assert classes(unpacked(tmp_path, files)) == {'0.png': 'x', '1.png': 'y'}


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('file', ['metadata.csv', 'dataset.json'])
def test_a_table_is_found_below_folders_that_are_around_all(
  file, kind, tmp_path
):
  table = dataset([['0.png', 'x'], ['z/1.png', 'y']])
  table['metadata.csv'] = b'file_name,label\n0.png,x\nz/1.png,y\n'
  files = pictures('a/b/c/d/0.png', 'a/b/c/d/z/1.png')
  source = kind(tmp_path, files | {f'a/b/c/d/{file}': table[file]})
  assert [*classes(source).values()] == ['x', 'y'] and not source.bad


def test_minus_1_is_a_class_beside_1_alone(tmp_path):
  files = pictures('0.png', '1.png', '2.png')
  for i, (labels, names) in enumerate(
    {(1, -1, 1): ('-1', '1'), (1, -1, 0): ('0', '1')}.items()
  ):
    table = dataset([[f'{j}.png', label] for j, label in enumerate(labels)])
    source = unpacked(tmp_path / str(i), files | table)
    assert source.class_names == names and len(source.bad) == i
