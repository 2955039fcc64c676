"""A tree gives one set, whether it is a folder, a .zip or a .tar of it."""

import pytest
from archives import PICTURE
from archives import classes
from archives import dataset
from archives import pictures
from archives import tarred
from archives import unpacked
from archives import zipped

from prune_dm_jax.data import image_folder

SHARDS = ('00000/img00000000.png', '00000/img00000001.png', '00001/a.png')

ALIKE = {
  'classes': pictures('cat/1.png', 'dog/2.png'),
  'splits': pictures(
    'train/a/1.png', 'train/b/2.png', 'val/a/1.png', 'test/1.png'
  ),
  'flat splits': pictures('train/1.png', 'test/1.png'),
  'one split': pictures('train/a/1.png', 'train/b/2.png'),
  'shards': pictures(*SHARDS) | dataset([[name, 0] for name in SHARDS]),
  'one shard': pictures(*SHARDS[:2]) | dataset([[n, 0] for n in SHARDS[:2]]),
  'flat with a table': pictures('1.png') | dataset([['1.png', 0]]),
  'one class': pictures('a/1.png', 'a/2.png'),
  'a stray': pictures('0.png', 'cat/1.png', 'dog/2.png'),
  'flat': pictures('1.png', '2.png'),
}  # fmt: skip


@pytest.mark.parametrize(
  ('case', 'around'),
  [(case, around) for case in ALIKE for around in ('', 'set/', 'data/pets/')
   if (case, around) != ('flat', 'data/pets/')],
)  # fmt: skip
def test_an_archive_is_as_the_folder_that_it_was_made_of(
  case, around, tmp_path
):
  folder = unpacked(tmp_path, ALIKE[case])
  files = {around + name: data for name, data in ALIKE[case].items()}
  for kind in (zipped, tarred):
    archive = kind(tmp_path, files)
    assert classes(archive) == classes(folder)
    assert archive.held_out.tolist() == folder.held_out.tolist()
    assert archive.bad == folder.bad
    assert archive.fingerprint == folder.fingerprint
    assert (f'keys leave {around} away' in archive.layout) == bool(around)


def test_a_zip_of_windows_has_the_same_keys_and_table(tmp_path):
  files = ALIKE['shards']
  folder = unpacked(tmp_path, files)
  archive = zipped(tmp_path, {f'set/{name}': files[name] for name in files})
  data = (tmp_path / 'set.zip').read_bytes()
  for name in files:
    name = f'set/{name}'.encode()
    data = data.replace(name, name.replace(b'/', b'\\'))
  (tmp_path / 'set.zip').write_bytes(data)
  again = image_folder.open_folder(tmp_path / 'set.zip')
  assert again.fingerprint == archive.fingerprint == folder.fingerprint


def test_a_zip_of_windows_may_have_folders_by_another_sign(tmp_path):
  files = {'cat\\1.png': PICTURE, 'dog\\2.png': PICTURE, 'bird/': b''}
  assert classes(zipped(tmp_path, files)) == {
    'cat/1.png': 'cat', 'dog/2.png': 'dog',
  }  # fmt: skip
