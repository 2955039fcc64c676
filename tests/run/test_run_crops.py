"""Crops in the store: rows by what is in a file, whatever was killed or flipped."""

import numpy as np
import pytest

from prune_dm_jax.data import shards
from prune_dm_jax.run import crops
from prune_dm_jax.run import defaults

RNG = np.random.default_rng(0)
HASHES = RNG.integers(0, 256, (40, 16), np.uint8)
HASHES[:, 15] = 0  # What ends with 0 is no other than what has none.
CROPS = RNG.integers(0, 256, (40, 4, 4, 3), np.uint8)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
  """Parts of ten crops, which no earlier test has opened."""
  monkeypatch.setattr(crops, 'BYTES', 10 * CROPS[0].nbytes)
  shards.memory_map.cache_clear()
  shards.written.cache_clear()


def add(folder, *indices):
  with crops.adding(folder) as add:
    for some in np.array_split(np.array(indices), -(-len(indices) // 4)):
      add(HASHES[some], CROPS[some])


def missing(folder, indices):
  hashes = HASHES[indices]
  return crops.missing(crops.places(folder, hashes), hashes).tolist()


def test_what_a_killed_one_began_goes_and_what_is_damaged_stays(tmp_path):
  add(tmp_path, *range(10))
  whole = {path.name for path in tmp_path.glob('*.*')}
  for name in ('a.partial.npy', 'b.npy', 'b.sums', 'c.partial.hashes'):
    (tmp_path / name).write_bytes(b'begun')
  (tmp_path / 'd.npy.damaged').write_bytes(b'for who wants to see it')
  add(tmp_path, *range(10, 14))
  left = {path.name for path in tmp_path.glob('*.*')}
  assert whole | {'d.npy.damaged'} < left
  assert not left & {'a.partial.npy', 'b.npy', 'b.sums', 'c.partial.hashes'}


def assert_there(folder, indices):
  places = crops.places(folder, HASHES[indices])
  for order in (range(len(indices)), range(len(indices) - 1, -1, -1)):
    found = crops.take(places, np.array(order))
    np.testing.assert_array_equal(found, CROPS[indices][order])


def test_each_file_has_its_own_crop_in_any_set_and_order(tmp_path):
  add(tmp_path, *range(25))
  add(tmp_path, *range(20, 33))
  assert len([*crops.parts(tmp_path)]) == 4
  assert crops.there(tmp_path) == 33
  assert_there(tmp_path, [32, 0, 7, 7, 31, *range(24, 10, -1)])
  assert missing(tmp_path, [39, 0, 35, 39, 36, 35]) == [0, 2, 4]


def test_whatever_ends_it_what_was_added_is_kept(tmp_path):
  with pytest.raises(KeyboardInterrupt), crops.adding(tmp_path) as add:
    add(HASHES[:3], CROPS[:3])
    raise KeyboardInterrupt
  assert_there(tmp_path, [2, 0, 1])


@pytest.mark.parametrize('lost', ['.hashes', '.sums', '.npy'])
def test_a_part_that_was_not_finished_is_not_there(lost, tmp_path):
  add(tmp_path, *range(10))
  (path,) = tmp_path.glob(f'*{lost}')
  path.unlink()
  assert missing(tmp_path, range(12)) == list(range(12))
  add(tmp_path, *range(12))
  assert_there(tmp_path, range(12))


@pytest.mark.parametrize('what', ['.npy', '.sums', '.hashes'])
def test_one_bit_that_flips_is_noticed_and_the_part_made_again(what, tmp_path):
  add(tmp_path, *range(12))
  add(tmp_path, *range(12, 24))
  path = sorted(tmp_path.glob(f'*{what}'))[0]
  data = bytearray(path.read_bytes())
  data[-3] ^= 16
  path.write_bytes(data)
  if what != '.hashes':
    places = crops.places(tmp_path, HASHES[:24])
    with pytest.raises(ValueError, match=r'damaged .*same command writes it'):
      crops.take(places, np.arange(24))
  lost = missing(tmp_path, range(24))
  assert lost in (list(range(12)), list(range(12, 24)))
  assert [*tmp_path.glob('*.damaged')]
  shards.memory_map.cache_clear(), shards.written.cache_clear()
  add(tmp_path, *lost)
  assert_there(tmp_path, range(24))


def test_where_they_are_is_by_size_rule_and_code(tmp_path, monkeypatch):
  def at(**changes):
    config = defaults.get_config('random')
    config.data.update(image_size=8, **changes)
    return crops.folder(config, tmp_path).name

  names = [at(), at(crop='resize')]
  config = defaults.get_config('random')
  names.append(crops.folder(config, tmp_path).name)
  assert at(held_out=0.5, path='elsewhere', imbalance=3.0) == names[0]
  monkeypatch.setattr(crops.contents, 'READER', 'of another version')
  names.append(at())
  assert len(set(names)) == 4


def test_without_room_it_is_a_sentence_before_any_work(tmp_path):
  config = defaults.get_config('random')
  config.data.image_size = 2**14
  crops.check_room(config, tmp_path / 'crops', 0)
  with pytest.raises(ValueError, match=r'805,306.4 GB and .*config.store'):
    crops.check_room(config, tmp_path / 'crops', 10**6)


def test_what_another_process_is_about_to_write_is_left_to_it(tmp_path):
  add(tmp_path, *range(10))
  (path,) = tmp_path.glob('*.hashes')
  begun = path.with_name(f'{path.stem}.partial.hashes')
  begun.write_bytes(b'half')
  assert [rows for rows, _ in crops.parts(tmp_path)] == [
    path.with_suffix('.npy')
  ]
  assert begun.read_bytes() == b'half'
