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
