"""What pictures hold is looked at once, and again only where it has changed."""

import hashlib
import io
import os
import zipfile

import numpy as np
import pytest
from layouts import pets
from photographs import put
from PIL import Image

from prune_dm_jax.data import contents
from prune_dm_jax.data import contents_file
from prune_dm_jax.data import identity
from prune_dm_jax.data import image_folder

SEEN = []


def recorded(source, i):
  SEEN.append(source.keys[i])
  return LOOK(source, i)


LOOK = contents.look


@pytest.fixture(autouse=True)
def seen(monkeypatch):
  """The keys of pictures that were looked at."""
  SEEN.clear()
  monkeypatch.setattr(contents, 'look', recorded)
  return SEEN


def known(path, file):
  """The Contents of a set, by the table in a file, which is then written."""
  source = image_folder.open_folder(path)
  found = contents.blank(source)
  contents_file.read(file, found)
  contents.complete(found, source)
  contents_file.write(file, found)
  return found


def png(value, side=4):
  """Bytes of a grey picture; of one size, whatever the value."""
  file = io.BytesIO()
  array = np.full((side, side, 3), value, np.uint8)
  Image.fromarray(array).save(file, 'BMP')
  return file.getvalue()


def three(folder):
  return put(folder, {f'{name}.bmp': png(i) for i, name in enumerate('abc')})


def test_a_row_is_of_bytes_and_of_pixels(tmp_path):
  data = png(7, side=5)
  wide = io.BytesIO()
  Image.new('RGB', (8, 2), (7, 7, 7)).save(wide, 'PNG')
  put(
    tmp_path / 'set', {'a.bmp': data, 'b.png': wide.getvalue(), 'c.png': b'?'}
  )
  found = known(tmp_path / 'set', tmp_path / 'table')
  assert found.bytes[0].tobytes() == hashlib.sha256(data).digest()[:16]
  assert found.bytes[2].tobytes() == hashlib.sha256(b'?').digest()[:16]
  assert found.shapes.tolist() == [[5, 5], [2, 8], [0, 0]]
  assert contents.bad(found) == {'c.png': 'not a picture'}
  assert len({row.tobytes() for row in found.pixels}) == 3


def test_pixels_are_told_apart_by_their_shape_and_not_by_their_file():
  flat = np.arange(48, dtype=np.uint8)
  wide, high = flat.reshape(2, 8, 3), flat.reshape(8, 2, 3)
  assert contents.of_pixels(wide) != contents.of_pixels(high)
  turned = np.ascontiguousarray(high.transpose(1, 0, 2)).transpose(1, 0, 2)
  assert contents.of_pixels(turned) == contents.of_pixels(high)


def test_what_has_not_changed_is_not_looked_at_again(tmp_path, seen):
  first = known(three(tmp_path / 'set'), tmp_path / 'table')
  assert seen == ['a.bmp', 'b.bmp', 'c.bmp']
  seen.clear()
  again = known(tmp_path / 'set', tmp_path / 'table')
  assert not seen
  for a, b in zip(first, again, strict=True):
    np.testing.assert_array_equal(a, b)


def test_only_what_is_new_or_written_over_is_looked_at(tmp_path, seen):
  before = known(three(tmp_path / 'set'), tmp_path / 'table')
  seen.clear()
  put(tmp_path / 'set', {'b.bmp': png(9), 'bb.bmp': png(3)})
  after = known(tmp_path / 'set', tmp_path / 'table')
  assert seen == ['b.bmp', 'bb.bmp']
  old = [row.tobytes() for row in before.bytes]
  new = [row.tobytes() for row in after.bytes]
  assert (new[0], new[3]) == (old[0], old[2]) and new[1] not in old


@pytest.mark.parametrize('way', ['old time', 'renamed'])
def test_another_picture_of_the_same_size_and_time_is_noticed(way, tmp_path):
  folder = three(tmp_path / 'set')
  a, b = folder / 'a.bmp', folder / 'b.bmp'
  for file in (a, b):
    os.utime(file, ns=(10**18, 10**18))
  before = known(folder, tmp_path / 'table')
  if way == 'renamed':
    b.replace(a)
  else:
    a.write_bytes(b.read_bytes())
    os.utime(a, ns=(10**18, 10**18))
  after = known(folder, tmp_path / 'table')
  assert before.stamps[0][:2].tolist() == after.stamps[0][:2].tolist()
  assert after.bytes[0].tobytes() == before.bytes[1].tobytes()


def packed(path, value):
  """A .zip of one picture, as large whatever the value is."""
  with zipfile.ZipFile(path, 'w') as archive:
    archive.writestr('cat/a.bmp', png(value))
  return path


def test_members_are_as_old_as_their_archive(tmp_path, seen):
  found = []
  for value in (1, 1, 2):
    path = tmp_path / 'set.zip'
    if value != 1 or not path.exists():
      packed(path, value)
    found.append(known(path, tmp_path / 'table').bytes[0].tobytes())
  assert seen == ['cat/a.bmp'] * 2
  assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
  'spoil',
  [
    lambda data: b'',
    lambda data: b'no table',
    lambda data: data[: len(data) // 2],
    lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
    lambda data: data.replace(contents.READER.encode(), b'0' * 16),
  ],
  ids=['empty', 'foreign', 'torn', 'a bit is wrong', 'of another reader'],
)
def test_a_table_that_is_not_whole_and_ours_says_nothing(spoil, tmp_path, seen):
  table = tmp_path / 'table'
  first = known(three(tmp_path / 'set'), table)
  spoiled = spoil(table.read_bytes())
  assert spoiled != table.read_bytes()
  table.write_bytes(spoiled)
  seen.clear()
  again = known(tmp_path / 'set', table)
  assert len(seen) == 3
  np.testing.assert_array_equal(again.bytes, first.bytes)
  seen.clear()
  known(tmp_path / 'set', table)
  assert not seen  # It was made again.


def test_what_could_not_be_read_at_all_is_tried_again(tmp_path, monkeypatch):
  three(tmp_path / 'set')
  put(tmp_path / 'set', {'d.bmp': b'broken'})
  refused = contents.Look(bytes(16), bytes(16), (0, 0), 'Input/output error')
  away = lambda source, i: refused if i == 1 else LOOK(source, i)
  monkeypatch.setattr(contents, 'look', away)
  found = known(tmp_path / 'set', tmp_path / 'table')
  assert set(contents.bad(found)) == {'b.bmp', 'd.bmp'}
  monkeypatch.setattr(contents, 'look', recorded)
  again = known(tmp_path / 'set', tmp_path / 'table')
  assert set(contents.bad(again)) == {'d.bmp'} and SEEN == ['b.bmp']


def test_a_part_of_a_pass_is_not_done_again(tmp_path, seen):
  source = image_folder.open_folder(pets(tmp_path / 'set'))
  found = contents.blank(source)
  found.known[5:] = True  # As if a pass had ended there.
  contents.complete(found, source)
  assert seen == list(source.keys[:5])


def test_the_fingerprint_tells_contents_order_and_labels_apart():
  hashes = np.arange(32, dtype=np.uint8).reshape(2, 16)
  other = hashes.copy()
  other[1, 15] ^= 1
  prints = {
    identity.of_contents(keys, values, labels)
    for keys in ('ab', 'ba', ('a\n', 'b'))
    for values in (hashes, hashes[::-1], other)
    for labels in ([0, 1], [1, 0])
  }
  assert len(prints) == 18


def test_the_folder_is_what_the_environment_says(monkeypatch, tmp_path):
  for name in ('PRUNE_DM_CACHE', 'XDG_CACHE_HOME'):
    monkeypatch.delenv(name, raising=False)
  monkeypatch.setenv('HOME', str(tmp_path))
  assert contents_file.folder() == tmp_path / '.cache/prune_dm_jax'
  monkeypatch.setenv('XDG_CACHE_HOME', '/x')
  assert str(contents_file.folder()) == '/x/prune_dm_jax'
  monkeypatch.setenv('PRUNE_DM_CACHE', '/y')
  assert str(contents_file.folder()) == '/y'


def test_a_reader_is_all_the_code_that_decodes():
  text = ''.join(contents.code(contents.decode))
  for name in ('MOST_PIXELS = ', '"""Pixels of more than 8 bits'):
    assert name in text, name


def test_files_that_a_walk_found_are_not_asked_again(tmp_path, monkeypatch):
  path = three(tmp_path / 'set')
  source = image_folder.open_folder(path)
  monkeypatch.setattr(contents, 'stamp', lambda path: [path] / 0)
  facts = [os.stat(path / key) for key in source.keys]
  assert contents.stamps(source).tolist() == [
    [fact.st_size, fact.st_mtime_ns, fact.st_ctime_ns] for fact in facts
  ]


def test_what_is_written_over_after_the_walk_is_looked_at_again(tmp_path, seen):
  path = three(tmp_path / 'set')
  source = image_folder.open_folder(path)
  put(path, {'b.bmp': png(9)})
  found = contents.blank(source)
  contents.complete(found, source)
  contents_file.write(tmp_path / 'table', found)
  seen.clear()
  known(path, tmp_path / 'table')
  assert seen == ['b.bmp']
