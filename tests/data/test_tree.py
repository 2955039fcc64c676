"""A tree of pictures is the same in a folder, a .zip and a .tar."""

import os
import tarfile
import zipfile

import numpy as np
import pytest
from layouts import tar
from photographs import jpeg
from photographs import put

from prune_dm_jax.data import file_names
from prune_dm_jax.data import folders
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.data import tar_files
from prune_dm_jax.data import tree
from prune_dm_jax.data import walked

PICTURES = {
  f'{c}/{i}{end}': jpeg(i)
  for i, (c, end) in enumerate(
    [
      ('a', '.jpg'),
      ('a', '.jfif'),
      ('a', '.JPE'),
      ('b/x', '.png'),
      ('c', '.jpg'),
    ]
  )
}
OTHERS = {
  'a/9.jp2': b'12345',
  'b/8.JP2': b'123',
  'a/notes.txt': b'1',
  'c/README': b'12',
  'c/.hidden.jpg': b'1234',
}
LITTER = (
  '@eaDir/a/0.png/SYNOPHOTO_THUMB_M.png', 'lost+found/x.png', 'a/Thumbs.db',
  '__MACOSX/a/._0.jpg', 'a/._0.jpg', 'b/desktop.ini', '.DS_Store',
  '#recycle/a/1.jpg', '$RECYCLE.BIN/1.jpg', 'System Volume Information/1.jpg',
  'a/.ipynb_checkpoints/0-checkpoint.png',
)  # fmt: skip


def folder(path, files):
  return put(path / 'set', files)


def zipped(path, files):
  with zipfile.ZipFile(path / 'set.zip', 'w') as archive:
    for name, data in files.items():
      archive.writestr(name, data)
  return path / 'set.zip'


def tarred(path, files):
  return put(path, {'set.tar': tar(files)}) / 'set.tar'


KINDS = pytest.mark.parametrize('kind', [folder, zipped, tarred])


def why(path):
  """The sentence by which a tree is refused."""
  with pytest.raises(ValueError) as caught:
    image_folder.open_folder(path)
  (line,) = str(caught.value).splitlines()
  assert line.startswith(f'{path}: ')
  return line


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
    '.txt': (1, 1),
    'without a suffix': (1, 2),
    'hidden, by a dot': (1, 4),
  }
  assert found['.txt'].example == 'a/notes.txt'


@KINDS
def test_parts_that_say_nothing_are_no_parts_of_a_key(kind, tmp_path):
  path = kind(tmp_path, {'./a/./0.jpg': jpeg(0), './b//1.jpg': jpeg(1)})
  assert image_folder.open_folder(path).keys == ('a/0.jpg', 'b/1.jpg')


@KINDS
def test_a_tree_without_a_picture_says_what_it_holds(kind, tmp_path):
  path = kind(tmp_path, {'a/1.jp2': b'1', 'a/2.jp2': b'2', 'a/t.txt': b'3'})
  assert why(path).endswith(
    'which holds 2 .jp2, a picture of a format not read (a/1.jp2); 1 .txt '
    '(a/t.txt)'
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


def test_a_zip_made_on_windows_is_the_folder_that_it_was_made_of(tmp_path):
  path = zipped(tmp_path, {'a\\0.jpg': jpeg(0), 'b\\x\\1.jpg': jpeg(1)})
  source = image_folder.open_folder(path)
  assert source.keys == ('a/0.jpg', 'b/x/1.jpg')
  assert source.class_names == ('a', 'b') and source.data(1) == jpeg(1)


def test_a_backslash_beside_slashes_is_part_of_a_name(tmp_path):
  path = zipped(tmp_path, {'a\\0.jpg': jpeg(0), 'b/1.jpg': jpeg(1)})
  assert image_folder.open_folder(path).keys == ('a\\0.jpg', 'b/1.jpg')


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


@pytest.mark.parametrize('suffix', ['.tar.gz', '.tgz', '.tar', '.tar.xz'])
def test_a_packed_tar_is_refused_with_what_would_do(suffix, tmp_path):
  mode = 'w:xz' if 'xz' in suffix else 'w:gz'
  path = tmp_path / f'set{suffix}'
  with tarfile.open(path, mode) as archive:
    archive.add(folder(tmp_path, PICTURES), 'set')
  program = 'xz' if 'xz' in suffix else 'gzip'
  assert f'unpack it ({program} -d -k, or tar -xf' in why(path)


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


def encrypted(path, files):
  """As `zip -e` marks it; what is in it stays."""
  file = zipped(path, files)
  data = bytearray(file.read_bytes())
  for mark, flags in ((b'PK\1\2', 8), (b'PK\3\4', 6)):
    at = data.find(mark)
    while at >= 0:
      data[at + flags] |= 1
      at = data.find(mark, at + 4)
  file.write_bytes(data)
  return file


def bz2(path, files):
  with zipfile.ZipFile(path / 'set.zip', 'w', zipfile.ZIP_BZIP2) as archive:
    for name, data in files.items():
      archive.writestr(name, data)
  return path / 'set.zip'


def links_out(path, files):
  full = put(path / 'full', files)
  for name in files:
    (path / 'set' / name).parent.mkdir(parents=True, exist_ok=True)
    (path / 'set' / name).symlink_to(full / name)
  return path / 'set'


def absolute(kind):
  return lambda path, files: kind(
    path, {f'/home/u/{name}': data for name, data in files.items()}
  )


REFUSED = {
  'packed by method 12': bz2,
  'encrypted': encrypted,
  'a link that leads out of the folder': links_out,
  'an absolute path': absolute(zipped),
  'an absolute path ': absolute(tarred),
}


@pytest.mark.parametrize('reason', REFUSED)
def test_a_tree_that_is_refused_whole_says_why_and_how_many(reason, tmp_path):
  path = REFUSED[reason](tmp_path, PICTURES)
  assert f' can be used: 5 {reason.strip()} (' in why(path)


def central(data):
  """Where the list of members of a .zip begins."""
  return data.index(b'PK\1\2')


def test_no_member_of_a_zip_is_lost_by_a_flipped_bit_of_its_list(tmp_path):
  pixels = {f'a/{i}.jpg': bytes([i]) * 9 for i in range(3)}
  path = zipped(tmp_path, pixels)
  data = path.read_bytes()
  for at in range(central(data), len(data)):
    bit = np.random.default_rng(at).integers(8)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
    try:
      found, bad, left_out = tree.walk(path).walked
    except ValueError:
      continue
    number = len(found) + len(bad)
    assert number + sum(c.number for c in left_out.values()) == 3


def test_a_member_of_another_name_than_its_list_says_is_not_read(tmp_path):
  path = zipped(tmp_path, PICTURES)
  data = path.read_bytes()
  at = data.index(b'a/0.jpg', central(data))
  path.write_bytes(data[:at] + b'c' + data[at + 1 :])
  source = image_folder.open_folder(path)
  sentence = 'c/0.jpg: another name in the archive than in its list'
  with pytest.raises(ValueError, match=sentence):
    source.image(source.keys.index('c/0.jpg'))


def test_a_tar_within_a_tar_that_is_torn_is_named(tmp_path):
  inner = tar({'0.jpg': jpeg(0), '1.jpg': jpeg(1)})
  path = tarred(tmp_path, {'a.tar': inner, 'b.tar': inner[:1024]})
  with pytest.raises(
    ValueError, match='set.tar: a torn .tar.*b.tar in it: it e'
  ):
    tar_files.walk(path)
