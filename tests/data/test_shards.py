import numpy as np
import pytest

from prune_dm_jax.data import loader
from prune_dm_jax.data import shards

SIZE = 25


@pytest.fixture
def written(tmp_path, monkeypatch):
  """An array in files of ten rows, and the array."""
  monkeypatch.setattr(shards, 'ROWS', 10)
  whole = np.random.default_rng(0).integers(0, 9, (SIZE, 2, 3), np.uint16)
  for name, first, end in shards.ranges(SIZE):
    np.save(tmp_path / name, whole[first:end])
  return tmp_path, whole


def test_files_cover_every_row_once(written):
  folder, whole = written
  ranges = shards.ranges(SIZE)
  assert [name for name, _, _ in ranges] == [
    '00000.npy', '00001.npy', '00002.npy',
  ]  # fmt: skip
  rows = [i for _, first, end in ranges for i in range(first, end)]
  assert rows == list(range(SIZE))


@pytest.mark.parametrize(
  'indices', [[0], [24, 0, 9, 10, 24], range(SIZE), [19, 20]]
)
def test_rows_come_in_the_order_that_is_asked_for(written, indices):
  folder, whole = written
  found = shards.take(folder, np.array(indices))
  np.testing.assert_array_equal(found, whole[list(indices)])
  assert found.dtype == whole.dtype


def test_the_loader_reads_files_and_folders_of_files(written, tmp_path):
  folder, whole = written
  np.save(tmp_path / 'label.npy', np.arange(SIZE))
  paths = {'codes': folder, 'label': tmp_path / 'label.npy'}
  found = loader.rows(paths, np.array([12, 3]))
  np.testing.assert_array_equal(found['codes'], whole[[12, 3]])
  np.testing.assert_array_equal(found['label'], [12, 3])


def summed(folder):
  for path in folder.glob('0*.npy'):
    with open(shards.sums_of(path), 'wb') as file:
      np.save(file, shards.sums(np.load(path)))


def test_one_bit_of_a_row_is_noticed_when_it_is_read(written):
  folder, whole = written
  summed(folder)
  path = folder / '00001.npy'
  np.testing.assert_array_equal(shards.take(folder, np.arange(SIZE)), whole)
  data = bytearray(path.read_bytes())
  data[128 + 4 * 12 + 5] ^= 32  # A row has 12 bytes.
  path.write_bytes(data)
  shards.memory_map.cache_clear(), shards.written.cache_clear()
  others = np.setdiff1d(np.arange(SIZE), [14])
  np.testing.assert_array_equal(shards.take(folder, others), whole[others])
  with pytest.raises(ValueError, match='00001.npy is damaged .row 4 is not'):
    shards.take(folder, np.array([3, 14]))


@pytest.mark.parametrize('rows', [np.arange(5.0), np.ones((4, 2), np.uint16)])
def test_sums_tell_types_and_shapes_apart(rows):
  assert len(shards.sums(rows)) == len(rows)
  other = rows.view(rows.dtype.newbyteorder())
  assert (shards.sums(rows) != shards.sums(other)).all()
