"""What an archive is, its content decides; what is none is called by its name."""

import zipfile

import pytest
from photographs import jpeg
from photographs import put
from trees import tarred
from trees import why
from trees import zipped

from prune_dm_jax.data import image_folder


def test_an_archive_is_what_it_holds_by_any_suffix(tmp_path):
  for make, name in ((zipped, 'x.tar'), (tarred, 'x.zip')):
    pictures = {f'{c}/{i}.jpg': jpeg(i) for i, c in enumerate('aab')}
    path = make(tmp_path, pictures).rename(tmp_path / name)
    assert image_folder.open_folder(path).keys == tuple(sorted(pictures))


@pytest.mark.parametrize(
  ('name', 'begin', 'said'),
  [
    ('x.zip', b'<!DOCTYPE html><html>', 'a web page, which may say why'),
    ('x.tar', b'<html>', 'a web page'),
    ('x.zip', b'version https://git-lfs.github.com/spec', 'git lfs pull'),
    ('x.zip', b'Rar!\x1a', 'unpack it, and give the folder'),
    ('x.zip', b'PK\3\4 and so on', 'its end is missing, as if it were cut'),
    ('x.7z', b'7z', 'a .7z, and no folder, .zip or .tar; unpack it'),
    ('x.npz', b'PK', '.zip or .tar; pictures are read from files'),
    (
      'x.PNG',
      b'\x89PNG',
      'a .png, and no folder, .zip or .tar; give the folder',
    ),
    ('train.csv', b'id,label', 'or .tar; give the folder that it is in'),
  ],
)
def test_what_is_no_archive_says_what_it_is(name, begin, said, tmp_path):
  assert said in why(put(tmp_path, {name: begin}) / name)


def test_a_folder_of_archives_asks_for_one_of_them(tmp_path):
  path = put(tmp_path / 'set', {'0.tar': b'', '1.tar': b''})
  assert why(path).endswith(
    'holds 2 .tar (0.tar); give the path of a .tar, bring several into one .tar '
    '(tar -cf one.tar *.tar), or unpack it'
  )


def unflagged(path, names, monkeypatch):
  """A .zip of pictures by names that are bytes, of which no flag says how."""
  as_is = lambda info: (info.orig_filename.encode('cp437'), 0)
  monkeypatch.setattr(zipfile.ZipInfo, '_encodeFilenameFlags', as_is)
  return zipped(path, {n.decode('cp437'): jpeg(i) for i, n in enumerate(names)})


def test_names_in_utf_8_are_so_though_no_flag_says_it(
  tmp_path, monkeypatch, caplog
):
  names = ['cat/0.jpg', 'été/1.jpg', 'été/狗.jpg']
  path = unflagged(tmp_path, [n.encode() for n in names], monkeypatch)
  source = image_folder.open_folder(path)
  assert source.keys == tuple(names) and source.class_names == ('cat', 'été')
  assert [source.data(i) for i in range(3)] == [jpeg(i) for i in range(3)]
  assert not caplog.messages


def test_names_in_another_code_page_are_doubted_once(
  tmp_path, monkeypatch, caplog
):
  names = [n.encode('gbk') for n in ('狗/0.jpg', '猫/1.jpg')]
  source = image_folder.open_folder(unflagged(tmp_path, names, monkeypatch))
  (line,) = caplog.messages
  assert 'not in UTF-8' in line and '╣╖' in line
  # The second alone would be UTF-8.
  assert source.class_names == ('├¿', '╣╖') and source.data(1) == jpeg(0)


def test_the_last_part_of_a_zip_in_parts_says_how_they_are_joined(tmp_path):
  path = zipped(tmp_path, {'cat/0.jpg': jpeg(0)})
  data = bytearray(path.read_bytes())
  data[-18] = 2  # The number of the disk in the record at the end.
  for here in (data, data[-22:]):
    path.write_bytes(here)
    assert 'the last of 3 parts (.z01 ...)' in why(path)
    assert '`zip -s 0 set.zip --out whole.zip` joins them' in why(path)
