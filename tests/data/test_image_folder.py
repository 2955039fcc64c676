"""Folders and zips of anyone's pictures."""

import io
import zipfile
import zlib

import damage
import numpy as np
import pytest
from layouts import pets
from layouts import zipped
from photographs import crop
from photographs import encoded
from photographs import jpeg
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.labels import class_labels
from prune_dm_jax.data.walks import zip_files

LABELS = [0, 0, 0, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize('make', [pets, zipped])
def test_a_class_is_a_folder(make, tmp_path):
  source = image_folder.open_folder(make(tmp_path))
  assert source.class_names == ('cat', 'dog')
  assert source.labels.tolist() == LABELS
  assert [key.split('/')[-1] for key in source.keys] == [
    f'{i}.jpg' for i in (1, 2, 4, 5, 7, 8, 0, 3, 6)
  ]


def test_a_zip_holds_the_same_pictures_as_the_folder(tmp_path):
  (tmp_path / 'a').mkdir()
  folder = image_folder.open_folder(pets(tmp_path / 'a'))
  archive = image_folder.open_folder(zipped(tmp_path))
  assert archive.fingerprint == folder.fingerprint
  for i in range(9):
    np.testing.assert_array_equal(archive.image(i), folder.image(i))


def test_pictures_in_no_folder_have_no_class(tmp_path):
  put(tmp_path, {'b.jpg': jpeg(0), 'a.jpg': jpeg(1), 'c/d.jpg': jpeg(2)})
  source = image_folder.open_folder(tmp_path)
  assert source.labels.tolist() == [-1, -1, -1] and source.class_names == ()


@pytest.mark.parametrize(
  ('names', 'classes', 'labels'),
  [
    (['x/a/1', 'x/b/2'], ('a', 'b'), [0, 1]),
    (['a/1', 'a/2'], (), [-1, -1]),
    (['x/a/1', 'x/a/2'], (), [-1, -1]),
    (['b/1', 'a/x/2', 'a/y/3'], ('a', 'b'), [1, 0, 0]),
    (['x/1', 'x/a/2'], (), [-1, -1]),
    (['ab/1', 'ac/2'], ('ab', 'ac'), [0, 1]),
    (['a/1', '2'], (), [-1, -1]),
  ],
)
def test_classes_are_the_first_folder_that_differs(names, classes, labels):
  found = class_labels.labelled(names)
  assert found.labels.tolist() == labels and found.class_names == classes


def test_a_picture_of_another_size_is_another_fingerprint(tmp_path):
  before = image_folder.open_folder(pets(tmp_path)).fingerprint
  put(tmp_path, {'cat/1.jpg': jpeg(0)})
  assert image_folder.open_folder(tmp_path).fingerprint != before


EVIL = {
  '../evil.png': 'a path that leads out of the archive',
  'cat/../../evil.png': 'a path that leads out of the archive',
  '/evil.png': 'an absolute path',
  'C:/evil.png': 'an absolute path',
  'cat/empty.png': 'empty',
  'cat/link.png': 'a link',
  'cat/xz.png': 'packed by method 14',
}


def evil(folder):
  """A .zip of one good picture and of all in EVIL."""
  picture = encoded(crop(0), 'PNG')
  (folder / 'sets').mkdir()
  with zipfile.ZipFile(folder / 'sets/evil.zip', 'w') as archive:
    archive.writestr('cat/good.png', picture)
    for name in EVIL:
      info = zipfile.ZipInfo(name)
      info.compress_type = 14 if name == 'cat/xz.png' else 0
      info.external_attr = (0o120777 if 'link' in name else 0o100644) << 16
      archive.writestr(info, b'' if 'empty' in name else picture)
  return folder / 'sets/evil.zip'


def test_members_that_lead_elsewhere_are_refused_and_nothing_is_written(
  tmp_path,
):
  path = evil(tmp_path)
  before = sorted(tmp_path.rglob('*'))
  source = image_folder.open_folder(path)
  assert source.keys == ('cat/good.png',) and source.bad == EVIL
  np.testing.assert_array_equal(source.image(0), crop(0))
  assert sorted(tmp_path.rglob('*')) == before


def test_a_damaged_member_is_bad_by_its_check_sum(tmp_path):
  path = zipped(tmp_path)
  data = bytearray(path.read_bytes())
  middle = data.find(jpeg(0)) + 200  # The first member is stored as it is.
  data[middle : middle + 8] = bytes(8)
  path.write_bytes(data)
  bad = damage.bad(image_folder.open_folder(path))
  assert bad == {'dog/0.jpg': 'damaged in the archive'}


def test_a_member_that_unpacks_to_more_than_it_says_is_not_unpacked(tmp_path):
  data = io.BytesIO()
  with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.writestr('a/bomb.png', bytes(10_000_000))
  lying = data.getvalue().replace((10_000_000).to_bytes(4, 'little'),
                                  (100).to_bytes(4, 'little'))  # fmt: skip
  path = put(tmp_path, {'bomb.zip': lying}) / 'bomb.zip'
  bad = damage.bad(image_folder.open_folder(path))
  assert bad == {'a/bomb.png': 'damaged in the archive'}


def test_no_more_is_inflated_than_was_announced():
  packed = zlib.compress(bytes(10_000_000), wbits=-15)
  assert len(zip_files.inflated(packed, 100)) == 101


def test_a_file_that_is_no_zip_is_one_sentence(tmp_path):
  put(tmp_path, {'torn.zip': zipped(tmp_path).read_bytes()[:-40]})
  with pytest.raises(ValueError, match='torn.zip: not a .zip that can be read'):
    image_folder.open_folder(tmp_path / 'torn.zip')
