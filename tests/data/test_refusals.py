"""A tree that is refused says why; a .zip is what its list says, or refused."""

import tarfile
import zipfile

import numpy as np
import pytest
from photographs import jpeg
from photographs import put
from trees import folder
from trees import tarred
from trees import why
from trees import zipped

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.walks import tree

PICTURES = {f'{c}/{i}.jpg': jpeg(i) for i, c in enumerate('aabbc')}


@pytest.mark.parametrize('suffix', ['.tar.gz', '.tgz', '.tar', '.tar.xz'])
def test_a_packed_tar_is_refused_with_what_would_do(suffix, tmp_path):
  mode = 'w:xz' if 'xz' in suffix else 'w:gz'
  path = tmp_path / f'set{suffix}'
  with tarfile.open(path, mode) as archive:
    archive.add(folder(tmp_path, PICTURES), 'set')
  program = 'xz' if 'xz' in suffix else 'gzip'
  assert f'unpack it ({program} -d -k, or tar -xf' in why(path)


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


def test_a_zip_made_on_windows_is_the_folder_that_it_was_made_of(tmp_path):
  path = zipped(tmp_path, {'a\\0.jpg': jpeg(0), 'b\\x\\1.jpg': jpeg(1)})
  source = image_folder.open_folder(path)
  assert source.keys == ('a/0.jpg', 'b/x/1.jpg')
  assert source.class_names == ('a', 'b') and source.data(1) == jpeg(1)


def test_a_backslash_beside_slashes_is_part_of_a_name(tmp_path):
  path = zipped(tmp_path, {'a\\0.jpg': jpeg(0), 'b/1.jpg': jpeg(1)})
  assert image_folder.open_folder(path).keys == ('a\\0.jpg', 'b/1.jpg')


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
