"""A tree of pictures is the same in a folder, a .zip and a .tar."""

import os
import pathlib
import tarfile

import pytest
import sheets
from layouts import tar
from photographs import jpeg
from photographs import put
from trees import folder
from trees import tarred
from trees import why
from trees import zipped

from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import folders
from prune_dm_jax.data.walks import tar_files
from prune_dm_jax.data.walks import walked

NAMES = ('a/0.jpg', 'a/1.jfif', 'a/2.JPE', 'b/x/3.png', 'c/4.jpg')
PICTURES = {name: jpeg(i) for i, name in enumerate(NAMES)}
OTHERS = {
  'a/9.jp2': b'12345',
  'b/8.JP2': b'123',
  'a/notes.txt': b'1',
  'c/README': b'12',
  'c/.hidden.jpg': b'1234',
  'c/.notes': b'12',
  'c/.7.jpg.icloud': b'123',
}
LITTER = (
  '@eaDir/a/0.png/SYNOPHOTO_THUMB_M.png', 'lost+found/x.png', 'a/Thumbs.db',
  '__MACOSX/a/._0.jpg', 'a/._0.jpg', 'b/desktop.ini', '.DS_Store',
  '#recycle/a/1.jpg', '$RECYCLE.BIN/1.jpg', 'System Volume Information/1.jpg',
  'a/.ipynb_checkpoints/0-checkpoint.png', '@tmp/1.jpg', '~snapshot/a/1.jpg',
  'Network Trash Folder/1.jpg', 'Temporary Items/1.jpg', 'RECYCLER/x/1.jpg',
  'LOST.DIR/1.jpg', 'FOUND.000/1.jpg',
)  # fmt: skip


KINDS = pytest.mark.parametrize('kind', [folder, zipped, tarred])


@KINDS
def test_the_same_tree_has_the_same_keys_classes_and_pictures(kind, tmp_path):
  files = PICTURES | OTHERS | dict.fromkeys(LITTER, jpeg(0))
  source = image_folder.open_folder(kind(tmp_path, files))
  assert source.keys == tuple(sorted(PICTURES)) and not source.bad
  assert source.class_names == ('a', 'b', 'c')
  assert [source.data(i) for i in range(5)] == [
    PICTURES[key] for key in source.keys
  ]
  source.image(1)  # By its content.


@KINDS
def test_what_is_not_counted_is_said_with_its_size(kind, tmp_path):
  files = PICTURES | OTHERS | dict.fromkeys(LITTER, jpeg(0))
  found = image_folder.open_folder(kind(tmp_path, files)).left_out
  assert {why: count[:2] for why, count in found.items()} == {
    '.jp2, a picture of a format not read': (2, 8),
    '.icloud, for a picture or file that was not downloaded': (1, 3),
    '.txt': (1, 1),
    'without a suffix': (1, 2),
    'hidden, by a dot': (2, 6),
  }
  assert found['.txt'].example == 'a/notes.txt'


def test_a_folder_of_a_zip_that_has_content_is_counted(tmp_path):
  path = zipped(
    tmp_path, {'a/0.jpg': jpeg(0), 'b/1.jpg': jpeg(1), 'b/2.x/': b'1'}
  )
  assert [*image_folder.open_folder(path).left_out] == ['.x']


@KINDS
def test_parts_that_say_nothing_are_no_parts_of_a_key(kind, tmp_path):
  path = kind(tmp_path, {'./a/./0.jpg': jpeg(0), './b//1.jpg': jpeg(1)})
  assert image_folder.open_folder(path).keys == ('a/0.jpg', 'b/1.jpg')


@KINDS
def test_a_tree_without_a_picture_says_what_it_holds(kind, tmp_path):
  path = kind(tmp_path, {'a/1.jp2': b'1', 'a/2.jp2': b'2', 'a/t.txt': b'3'})
  assert why(path).endswith(
    'which holds 2 .jp2, a picture of a format not read (a/1.jp2); 1 .txt '
    '(a/t.txt); pictures are read from files, a .zip or .tar, Parquet or Arrow'
  )
  (tmp_path / 'none').mkdir()
  assert 'no file' in why(kind(tmp_path / 'none', {'Thumbs.db': b'x'}))


@pytest.mark.parametrize('suffix', ['.avif', '.heic', '.jxl'])
def test_a_newer_format_is_read_or_left_out_and_never_neither(suffix):
  read, out = (
    file_names.is_picture('a' + suffix),
    file_names.why_left_out('a' + suffix),
  )
  assert read or 'a format not read' in out


def test_pictures_of_a_linked_folder_are_bad_each(tmp_path):
  put(tmp_path, {'out/1.jpg': jpeg(1), 'out/x/2.jpg': jpeg(2)})
  path = put(tmp_path / 'set', {'a/0.jpg': jpeg(0)})
  (path / 'b').symlink_to(tmp_path / 'out')
  (path / 'loop').symlink_to(path)
  (path / 'a' / 'up').symlink_to('..')
  source = image_folder.open_folder(path)
  assert source.keys == ('a/0.jpg',)
  assert source.bad == {
    'b/1.jpg': 'in a link to a folder',
    'b/x/2.jpg': 'in a link to a folder',
    'loop': 'a link to a folder',
    'a/up': 'a link to a folder',
  }


def shut(monkeypatch, *closed):
  """Folders of these names may not be listed."""
  scandir = os.scandir

  def guarded(path):
    if os.path.basename(os.path.normpath(path)) in closed:
      raise PermissionError(13, 'Permission denied', path)
    return scandir(path)

  monkeypatch.setattr(os, 'scandir', guarded)


def test_a_folder_that_may_not_be_read_is_not_passed_over(
  tmp_path, monkeypatch
):
  path = folder(tmp_path, PICTURES)
  shut(monkeypatch, 'b', 'x')
  with pytest.raises(
    ValueError, match=r'set: what is in b/ \(1 in all\) is no'
  ):
    folders.walk(path)


def test_tables_beside_a_folder_that_may_not_be_read_are_the_set(
  tmp_path, monkeypatch
):
  path = sheets.put(tmp_path, {'train.parquet': sheets.table()})
  put(path, {'shut/1.jpg': jpeg(1)})
  shut(monkeypatch, 'shut')
  assert len(image_folder.open_folder(path)) == 6


def test_each_folder_of_pictures_alone_is_listed_once(tmp_path, monkeypatch):
  path, listed, scandir = folder(tmp_path, PICTURES), [], os.scandir
  held = {path, *(f for f in path.rglob('*') if f.is_dir())}

  def counted(place):
    listed.append(pathlib.Path(place))
    return scandir(place)

  monkeypatch.setattr(os, 'scandir', counted)
  image_folder.open_folder(path)
  assert sorted(listed) == sorted(held)


def test_a_hidden_folder_that_may_not_be_read_is_said_and_no_error(
  tmp_path, monkeypatch
):
  path = folder(
    tmp_path, PICTURES | {'.Trash-7/0.jpg': b'', 'lost+found/a': b''}
  )
  shut(monkeypatch, '.Trash-7', 'lost+found')
  found = folders.walk(path)
  assert found.left_out == {
    'a hidden folder, not to be read': walked.Count(1, 0, '.Trash-7/')
  }


def test_a_hard_link_in_a_tar_is_the_picture_that_it_names(tmp_path):
  path = folder(tmp_path, {'a/0.jpg': jpeg(0)})
  os.link(path / 'a/0.jpg', path / 'a/1.jpg')
  with tarfile.open(tmp_path / 'set.tar', 'w') as archive:
    archive.add(path, '.')
    out = tarfile.TarInfo('a/2.jpg')
    out.type, out.linkname = tarfile.LNKTYPE, '/etc/passwd'
    archive.addfile(out)
  source = image_folder.open_folder(tmp_path / 'set.tar')
  assert source.keys == ('a/0.jpg', 'a/1.jpg')
  assert source.data(0) == source.data(1) == jpeg(0)
  assert source.bad == {'a/2.jpg': 'a link'}


def test_a_tar_of_tars_of_anyone_is_a_folder_a_tar(tmp_path):
  files = {f'{c}.tar': tar({f'{i}.jpg': jpeg(i)}) for i, c in enumerate('ab')}
  path = tarred(tmp_path, files | {'._a.tar': b'no tar'})
  assert not imagenet.is_there(path)
  assert image_folder.open_folder(path).keys == ('a/0.jpg', 'b/1.jpg')


def test_a_tar_of_synsets_is_imagenet_by_any_name(tmp_path):
  inner = tar({'n01440764_1.JPEG': jpeg(0)})
  assert imagenet.is_there(tarred(tmp_path, {'n01440764.tar': inner}))
  assert not imagenet.is_there(tarred(tmp_path, {'n/0.jpg': jpeg(0)}))


def test_a_tar_within_a_tar_that_is_torn_is_named(tmp_path):
  inner = tar({'0.jpg': jpeg(0), '1.jpg': jpeg(1)})
  path = tarred(tmp_path, {'a.tar': inner, 'b.tar': inner[:1024]})
  with pytest.raises(
    ValueError, match='set.tar: a torn .tar.*b.tar in it: it e'
  ):
    tar_files.walk(path)


@KINDS
def test_a_folder_that_is_called_like_a_picture_is_none(kind, tmp_path):
  path = kind(tmp_path, {'a.jpg/0.jpg': jpeg(0), 'b.jpg/1.jpg': jpeg(1)})
  source = image_folder.open_folder(path)
  assert source.class_names == ('a.jpg', 'b.jpg') and not source.bad


@pytest.mark.parametrize(
  ('name', 'suffix'),
  [
    ('0.jpg_large', '.jpg_large'),
    ('0.jpg?w=40', '.jpg?w=40'),
    ('0.png ', '.png'),
    ('v1.0/0123', 'without a suffix'),
  ],
)
def test_a_suffix_of_any_letters_is_one(name, suffix):
  assert file_names.why_left_out(name) == suffix


def test_a_set_of_links_says_what_to_do(tmp_path):
  put(tmp_path, {'far/0.jpg': jpeg(0)})
  (tmp_path / 'set').mkdir()
  (tmp_path / 'set' / 'a').symlink_to(tmp_path / 'far')
  assert why(tmp_path / 'set').endswith(
    '1 in a link to a folder (a/0.jpg); links are not followed: copy what they '
    'lead to (cp -rL)'
  )
