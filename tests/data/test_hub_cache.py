"""A set in the cache of the Hugging Face hub, whose files are links."""

import os

import pytest
from archives import classes
from archives import pictures
from archives import unpacked
from photographs import put

from prune_dm_jax.data import image_folder

OLD, NEW = '1' * 40, '0' * 40
NAMES = ('a/0.png', 'b/1.png', 'b/2.png')


def cache(folder, files, snapshots=(OLD, NEW)):
  put(folder, {'refs/main': NEW.encode()})
  for i, data in enumerate(files.values()):
    put(folder, {f'blobs/{i}': data})
  for snapshot in snapshots:
    for i, name in enumerate(files):
      link = folder / 'snapshots' / snapshot / name
      link.parent.mkdir(parents=True, exist_ok=True)
      link.symlink_to(os.path.relpath(folder / 'blobs' / str(i), link.parent))
  return folder / 'snapshots' / NEW


def test_a_snapshot_is_as_the_folder_that_was_uploaded(tmp_path):
  files = pictures(*NAMES) | {'metadata.csv': b'file_name,label\na/0.png,x\n'}
  source = image_folder.open_folder(cache(tmp_path / 'cache', files))
  folder = unpacked(tmp_path, files)
  assert source.keys == folder.keys and classes(source) == classes(folder)
  assert source.bad == folder.bad and source.fingerprint == folder.fingerprint


@pytest.mark.parametrize('part', ['', 'snapshots'])
def test_of_a_cache_it_is_said_which_snapshot_to_give(part, tmp_path):
  snapshot = cache(tmp_path, pictures(*NAMES))
  with pytest.raises(ValueError, match='hub; give the path of a') as error:
    image_folder.open_folder(tmp_path / part)
  assert str(error.value).endswith(f' in it: {snapshot}')


def test_links_out_of_a_cache_are_not_followed(tmp_path):
  snapshot = cache(tmp_path / 'cache', pictures(*NAMES))
  put(tmp_path, pictures('cache/refs/3.png', '4.png'))
  for i, target in ((3, 'cache/refs/3.png'), (4, '4.png')):
    (snapshot / f'{i}.png').symlink_to(tmp_path / target)
  source = image_folder.open_folder(snapshot)
  assert source.keys == NAMES and [*source.bad] == ['3.png', '4.png']
