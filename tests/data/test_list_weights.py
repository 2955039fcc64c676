"""Lists that say how often, and at which noise, their pictures are trained on."""

import json

import numpy as np
import pytest
from test_manifest import SOURCE

from prune_dm_jax.data import lists
from prune_dm_jax.data.lists import weights

ROWS = [
  ('f', 1, '2.5', '0'), ('a', 0, '0.3', '0.7'), ('c', 1, '1', '0.0'),
  ('b', 0, '0', '0'),
]  # fmt: skip


def written(path, rows=ROWS, names=('key', 'keep', 'weight', 't_min')):
  lines = [','.join(map(str, row[: len(names)])) for row in [names, *rows]]
  path.write_text('\n'.join(lines))
  return path


def test_it_is_trained_on_as_it_says_and_keeps_what_is_kept(tmp_path):
  path = written(tmp_path / 'mine.csv')
  found = weights.read(path, SOURCE)
  assert found.index.tolist() == [0, 2, 5]
  assert found.weight.tolist() == [0.3, 1, 2.5]
  assert found.t_min.tolist() == [0.7, 0, 0]
  assert lists.read_list(path, SOURCE).tolist() == [2, 5]


def test_indices_in_json_do_as_well(tmp_path):
  path = tmp_path / 'mine.jsonl'
  rows = [dict(index=5, keep=1, weight=2, t_min=0), dict(index=1, keep=0, weight=0.5, t_min=0.5)]  # fmt: skip
  path.write_text('\n'.join(map(json.dumps, rows)))
  found = weights.read(path, SOURCE)
  assert [v.tolist() for v in found] == [[1, 5], [0.5, 2], [0.5, 0]]


@pytest.mark.parametrize('names', [('key', 'keep'), ('key', 'keep', 'weight')])
def test_one_of_the_columns_alone_says_nothing(names, tmp_path):
  path = written(tmp_path / 'mine.csv', names=names)
  assert weights.read(path, SOURCE) is None
  assert lists.read_list(path, SOURCE).tolist() == [2, 5]


def test_a_weight_without_what_is_kept_is_refused_as_before(tmp_path):
  rows = [(key, weight, t_min) for key, _, weight, t_min in ROWS]
  path = written(tmp_path / 'mine.csv', rows, ('key', 'weight', 't_min'))
  with pytest.raises(ValueError, match='a column `weight` and none that says'):
    lists.read_list(path, SOURCE)


@pytest.mark.parametrize(
  ('row', 'said'),
  [
    (('f', 1, 'often', 0), "`weight` says 'often' in row 1"),
    (('f', 1, -1, 0), "`weight` says '-1' in row 1"),
    (('f', 1, 'nan', 0), "`weight` says 'nan' in row 1"),
    (('f', 0, 1, 1), "`t_min` says '1' in row 1"),
    (('f', 1, 1, 0.5), 'its row 1 says `keep` 1, `weight` 1 and `t_min` 0.5'),
    (('f', 0, 1, 0), 'its row 1 says `keep` 0, `weight` 1 and `t_min` 0'),
    (('c', 0, 1, 0.5), 'is kept by one row, pruned by another'),
    (('a', 0, 1, 0.5), 'example 0 is listed twice'),
  ],
)
def test_what_cannot_be_meant_is_refused(row, said, tmp_path):
  path = written(tmp_path / 'mine.csv', [row, *ROWS[1:]])
  with pytest.raises(ValueError) as told:
    lists.read_list(path, SOURCE)
    weights.read(path, SOURCE)
  assert said in str(told.value) and str(path) in str(told.value)


def test_arrays_do_as_well(tmp_path):
  np.savez(
    tmp_path / 'mine.npz', index=[5, 1], keep=[True, False],
    weight=[1.0, 0.25], t_min=[0.0, 0.5],
  )  # fmt: skip
  found = weights.read(tmp_path / 'mine.npz', SOURCE)
  assert [v.tolist() for v in found] == [[1, 5], [0.25, 1], [0.5, 0]]


def test_a_mask_with_weights_has_a_row_for_each_picture(tmp_path):
  keep = np.arange(6) % 2 == 0
  path = tmp_path / 'mine.npz'
  np.savez(path, keep=keep, weight=2.0 * keep, t_min=np.zeros(6))
  found = weights.read(path, SOURCE)
  assert found.index.tolist() == np.flatnonzero(keep).tolist()
  assert found.weight.tolist() == [2.0] * int(keep.sum())


@pytest.mark.parametrize('scale', [0.001, 1000])
def test_weights_that_make_no_sensible_epoch_are_refused(scale, tmp_path):
  rows = [(key, keep, float(w) * scale, t) for key, keep, w, t in ROWS]
  path = written(tmp_path / 'mine.csv', rows)
  with pytest.raises(ValueError, match='scale them to a mean near 1'):
    weights.read(path, SOURCE)
