import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import lists
from prune_dm_jax.data import manifest

TRAIN, KEPT = np.array([0, 2, 3, 5, 6]), np.array([2, 5])
OTHERS = {1: 'held_out', 4: 'twin of c', 7: 'held_out'}


class Eight:
  """A Source of eight examples, without their pictures."""

  keys = tuple('abcdefgh')
  labels = np.arange(8, dtype=np.int32) % 3
  fingerprint = 'f' * 16

  def __len__(self):
    return len(self.keys)


SOURCE = Eight()


def columns():
  names = ('cluster', 'distance', 'score', 'error', 'rank')
  score = np.array([5, 1, 4, 2, 3], np.float32)
  return dict.fromkeys(names) | {'score': score, 'rank': np.argsort(score)}


def written(path):
  table = manifest.table(SOURCE, TRAIN, KEPT, columns(), OTHERS)
  manifest.write(table, path)
  return table


def test_it_has_a_row_an_example_and_a_reason_each(tmp_path):
  written(tmp_path / 'manifest.parquet')
  table = pq.read_table(tmp_path / 'manifest.parquet')
  assert table.column_names == [
    'index', 'key', 'label', 'cluster', 'distance', 'score', 'error', 'rank',
    'keep', 'reason', 'weight', 't_min',
  ]  # fmt: skip
  assert table['reason'].to_pylist() == [
    'pruned', 'held_out', 'kept', 'pruned', 'twin of c', 'kept', 'pruned',
    'held_out',
  ]  # fmt: skip
  assert table['score'].to_pylist() == [5, None, 1, 4, None, 2, 3, None]
  assert table['cluster'].null_count == 8


def test_it_is_read_back_as_what_was_kept(tmp_path):
  written(tmp_path / 'manifest.parquet')
  got = lists.read_list(tmp_path / 'manifest.parquet', SOURCE)
  np.testing.assert_array_equal(got, KEPT)


def test_pruned_txt_says_why_each_that_could_be_kept_is_not(tmp_path):
  table = written(tmp_path / 'manifest.parquet')
  assert manifest.pruned(table).splitlines() == [
    'a\tpruned', 'd\tpruned', 'e\ttwin of c', 'g\tpruned',
  ]  # fmt: skip


def test_the_last_tab_of_a_line_of_pruned_txt_is_before_the_reason():
  rows = {'key': ['a\tb', 'c'], 'reason': ['pruned', 'twin of a\tb']}
  lines = manifest.pruned(pa.table(rows)).splitlines()
  assert [line.rpartition('\t')[::2] for line in lines] == [
    ('a\tb', 'pruned'), ('c', 'twin of a\\tb'),
  ]  # fmt: skip


def test_what_was_never_to_be_chosen_is_told_from_what_was_not(tmp_path):
  others = {1: 'held_out', 4: 'leak: a copy is held out', 7: 'twin of c'}
  table = manifest.table(SOURCE, TRAIN, KEPT, columns(), others)
  assert np.flatnonzero(manifest.outside(table)).tolist() == [1, 4]
  assert np.flatnonzero(~manifest.candidates(table)).tolist() == [1, 4, 7]


def test_what_is_kept_is_trained_on_alike_and_at_all_times(tmp_path):
  table = written(tmp_path / 'manifest.parquet')
  older = table.drop_columns(['weight', 't_min'])
  for one in (table, older):
    trained = manifest.trained(one)
    np.testing.assert_array_equal(trained.index, KEPT)
    assert trained.weight.tolist() == [1, 1] and trained.t_min.tolist() == [
      0,
      0,
    ]


def test_what_is_trained_on_otherwise_is_read_back_as_it_was(tmp_path):
  given = manifest.Trained(
    np.array([0, 2, 5]), np.array([0.3, 1, 2.5]), np.array([0.7, 0, 0])
  )
  path = tmp_path / 'manifest.parquet'
  others = OTHERS | {0: 'high_noise'}
  table = manifest.table(SOURCE, TRAIN, KEPT, columns(), others, trained=given)
  manifest.write(table, path)
  found = manifest.trained(pq.read_table(path))
  for name in found._fields:
    np.testing.assert_array_equal(getattr(found, name), getattr(given, name))
  assert table['reason'][0].as_py() == 'high_noise'
  np.testing.assert_array_equal(lists.read_list(path, SOURCE), KEPT)
