"""Rows that are computed once: by what is in a picture, in parts on disk."""

import threading
import time
import tracemalloc
import types

import numpy as np
import pytest

from prune_dm_jax.run import parts
from prune_dm_jax.run import room
from prune_dm_jax.run import store

BATCH = 8


def hashes(*numbers):
  """[n, 16] uint8, a hash for each number."""
  return np.random.default_rng(0).integers(0, 256, (999, 16), np.uint8)[
    np.array(numbers)
  ]


def values(numbers):
  """What a picture of a number is, by two arrays."""
  x = np.asarray(numbers, np.float32)
  return {'features': x[:, None] ** np.arange(3), 'shape': np.sqrt(x)}


class Computer:
  """Computes `values`, and knows of which; fails after so many batches."""

  def __init__(self, numbers, most=10**9):
    self.numbers, self.most, self.asked = np.array(numbers), most, []

  def __call__(self, indices):
    for first in range(0, len(indices), BATCH):
      if len(self.asked) >= self.most * BATCH:
        raise KeyboardInterrupt
      some = self.numbers[indices[first : first + BATCH]]
      self.asked += some.tolist()
      yield values(some)


def rows(folder, numbers, computer=None, together=2 * BATCH, **rest):
  """The rows of a set, and which of them were computed."""
  computer = computer or Computer(numbers)
  found = store.rows(
    folder, hashes(*numbers), computer, name='x', together=together, **rest
  )
  return found, computer.asked


def assert_right(found, numbers):
  expected = values(numbers)
  assert found.keys() == expected.keys()
  for name, array in expected.items():
    np.testing.assert_array_equal(found[name], array)
    assert found[name].dtype == array.dtype


def test_each_is_computed_once_and_copies_and_other_sets_have_its_row(tmp_path):
  first = [3, 3, *range(50), 7]
  found, asked = rows(tmp_path / 'a', first)
  assert_right(found, first)
  assert asked == [3, 0, 1, 2, *range(4, 50)]
  other = [99, *range(45, 10, -1), 98, 99]
  found, asked = rows(tmp_path / 'a', other)
  assert_right(found, other)
  assert asked == [99, 98]
  assert rows(tmp_path / 'a', other)[1] == []
  assert len(rows(tmp_path / 'b', other)[1]) == 37


def test_of_forty_that_are_added_forty_are_computed_and_it_is_said(
  tmp_path, caplog
):
  caplog.set_level('INFO')
  rows(tmp_path / 'a', range(100))
  more = [*range(500, 540), *range(100), 501]
  found, asked = rows(tmp_path / 'a', more)
  assert_right(found, more)
  assert asked == list(range(500, 540))
  assert 'x: 0 of 100 known' in caplog.messages
  sentence = 'x: 100 of 141 known, 40 to compute, the rest are copies'
  assert sentence in caplog.messages


@pytest.mark.parametrize('batches', [1, 2, 5])
def test_one_that_is_stopped_computes_the_rest_alone(tmp_path, batches):
  computer = Computer(range(60), most=batches)
  with pytest.raises(KeyboardInterrupt):
    rows(tmp_path / 'a', range(60), computer)
  found, asked = rows(tmp_path / 'a', range(60))
  assert_right(found, range(60))
  assert asked == list(range(batches * BATCH, 60))


def test_what_a_killed_one_began_to_write_is_neither_read_nor_left(tmp_path):
  rows(tmp_path / 'a', range(16))
  (whole,) = (tmp_path / 'a').glob('*.npz')
  begun = tmp_path / 'a' / '77.partial'
  begun.write_bytes(whole.read_bytes()[:100])
  found, asked = rows(tmp_path / 'a', range(20))
  assert_right(found, range(20))
  assert asked == [16, 17, 18, 19]
  assert not begun.exists()


def flipped(data, place):
  changed = bytearray(data)
  changed[place] ^= 1
  return bytes(changed)


DAMAGE = {
  'a number': lambda data: flipped(data, data.index(b'features.npy') + 200),
  'a hash': lambda data: flipped(data, data.index(b'hashes.npy') + 200),
  'an end': lambda data: data[:-40],
  'all': lambda data: b'',
  'another file': lambda data: b'\x93NUMPY' + data,
}


@pytest.mark.parametrize('kind', DAMAGE)
def test_a_damaged_part_is_named_moved_aside_and_computed_again(
  kind, tmp_path, caplog
):
  rows(tmp_path / 'a', range(48))
  path = sorted((tmp_path / 'a').glob('*.npz'))[1]
  lost = parts.hashes(path)
  path.write_bytes(DAMAGE[kind](path.read_bytes()))
  found, asked = rows(tmp_path / 'a', range(48))
  assert_right(found, range(48))
  np.testing.assert_array_equal(hashes(*asked), lost)
  (sentence,) = [m for m in caplog.messages if 'damaged' in m]
  assert sentence.startswith(f'{path} is damaged')
  assert path.with_suffix('.damaged').exists()
  assert rows(tmp_path / 'a', range(48))[1] == []


def test_a_part_is_not_read_that_has_nothing_for_a_set(tmp_path):
  rows(tmp_path / 'a', range(16))
  (path,) = (tmp_path / 'a').glob('*.npz')
  rows(tmp_path / 'a', range(100, 116))
  path.write_bytes(flipped(path.read_bytes(), -300))  # Its table can be read.
  assert rows(tmp_path / 'a', range(100, 116))[1] == []
  assert path.exists()


def test_two_at_once_compute_each_row_once(tmp_path):
  computers, found = [Computer(range(40)), Computer(range(40))], {}

  def run(number):
    def slow(indices):
      for batch in computers[number](indices):
        time.sleep(0.01)
        yield batch

    found[number] = store.rows(
      tmp_path / 'a', hashes(*range(40)), slow, name='x', together=BATCH
    )

  threads = [threading.Thread(target=run, args=(i,)) for i in range(2)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  asked = computers[0].asked + computers[1].asked
  assert sorted(asked) == list(range(40))
  assert_right(found[0], range(40))
  assert_right(found[1], range(40))


def sizes_of_parts(folder):
  return sorted(len(parts.hashes(path)) for path in parts.among(folder))


def test_a_part_ends_where_it_is_long_large_or_old_enough(
  tmp_path, monkeypatch
):
  rows(tmp_path / 'long', range(40), together=2 * BATCH)
  assert sizes_of_parts(tmp_path / 'long') == [8, 16, 16]
  bytes_of_a_row = 16 + sum(v[0].nbytes for v in values([1]).values())
  monkeypatch.setattr(store, 'BYTES', 20 * bytes_of_a_row)
  rows(tmp_path / 'large', range(40), together=999)
  assert sizes_of_parts(tmp_path / 'large') == [16, 24]
  monkeypatch.setattr(parts, 'SECONDS', 0.0)
  rows(tmp_path / 'old', range(40), together=999)
  assert sizes_of_parts(tmp_path / 'old') == [8] * 5


def test_on_disk_are_the_bytes_of_numpy_and_in_memory_is_a_part(tmp_path):
  size, width = 20_000, 256
  own = np.random.default_rng(1).integers(0, 256, (size, 16), np.uint8)
  own[-99:] = own[:99]

  def compute(indices):
    for some in np.array_split(indices, 200):
      yield {'features': some.astype(np.float32)[:, None] + np.arange(width)}

  folder = tmp_path / 'out'
  folder.mkdir()
  options = dict(name='x', together=500, room=room.on_disk(folder))
  for _ in ('computed', 'read'):
    tracemalloc.start()
    found = store.rows(tmp_path / 'a', own, compute, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    found['features'].flush()
    assert peak < 0.2 * found['features'].nbytes
  number = np.arange(size)
  number[-99:] = number[:99]
  np.save(tmp_path / 'features.npy', number[:, None] + np.arange(256.0))
  expected = (tmp_path / 'features.npy').read_bytes()
  assert (folder / 'features.npy').read_bytes() == expected


def test_what_is_returned_may_be_made_of_what_is_kept(tmp_path):
  twice = lambda batch: {'twice': 2 * batch['shape']}
  for _ in ('computed', 'read'):
    found, _ = rows(tmp_path / 'a', range(20), then=twice)
    np.testing.assert_array_equal(
      found['twice'], 2 * values(range(20))['shape']
    )


def test_rows_that_do_not_come_are_missed(tmp_path):
  def first(indices):
    yield values(indices[:BATCH])

  options = dict(name='x', together=99)
  with pytest.raises(ValueError, match='x: only 8 of 20 were computed'):
    store.rows(tmp_path / 'a', hashes(*range(20)), first, **options)


def test_a_folder_is_by_what_rows_depend_on_and_shared_if_asked(tmp_path):
  config = lambda shared: types.SimpleNamespace(store=shared)
  at = lambda *of, shared='': store.folder(config(shared), tmp_path, 'f', *of)
  assert at('w', 1) == at('w', 1) != at('w', 2)
  assert at('w').parent == tmp_path / 'shared' / 'store'
  assert at('w', shared='/else').as_posix().startswith('/else/f-')
