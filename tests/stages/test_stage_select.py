"""The stage `select`: what is kept, and cells that are refused."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from main_command import files
from main_command import run

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.stages import doubts


@pytest.fixture(scope='module')
def selected(tmp_path_factory):
  """A workdir with a cell of which nothing is trained."""
  workdir = tmp_path_factory.mktemp('runs')
  stages.run_until(digits_quick.get_config('random'), workdir, 'select')
  return workdir


@pytest.fixture
def cell(selected):
  return selected / 'random-0.5-seed0'


def test_balancing_by_a_tiny_cluster_is_warned_of_with_the_remedy(caplog):
  doubts.of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 37, 3]))
  (warning,) = caplog.messages
  assert warning.startswith(
    'only 9 of 100 examples are kept, as the smallest of 3 clusters has 3;'
  )
  assert 'waterfill' in warning
  caplog.clear()
  doubts.of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 36, 4]))
  assert not caplog.messages


def test_until_select_trains_nothing(tmp_path):
  process = run(tmp_path, 'random', '--until=select', '--config.seed=3')
  assert process.returncode == 0, process.stderr
  cell = tmp_path / 'random-0.5-seed3'
  assert (cell / 'selection.json').exists() and not (cell / 'dit').exists()


def test_ones_own_list_is_what_is_trained_on(selected, tmp_path):
  train = np.load(next((selected / 'shared').glob('split-*')) / 'train_idx.npy')
  np.save(tmp_path / 'mine.npy', train[::7])
  option = f'--config.select.file={tmp_path / "mine.npy"}'
  process = run(selected, 'random', option, '--until=select')
  assert process.returncode == 0, process.stderr
  (cell,) = selected.glob('file_mine_*-seed0')
  np.testing.assert_array_equal(np.load(cell / 'kept_idx.npy'), train[::7])
  facts = json.loads((cell / 'selection.json').read_text())
  assert facts['method'] == 'file' and facts['kept'] == len(train[::7])


def refused(selected, *options):
  """The last line of a command that must change nothing."""
  before = files(selected)
  process = run(selected, 'random', '--until=select', *options)
  assert process.returncode != 0 and 'Traceback' not in process.stderr
  assert files(selected) == before
  return process.stderr.strip().splitlines()[-1]


def test_another_configuration_in_the_same_cell_is_refused(selected):
  line = refused(selected, '--config.train.steps=61')
  assert 'train.steps = 60, now it is 61' in line


def test_settings_that_change_no_result_may_differ(selected):
  option = '--config.runtime.log_every=7'
  process = run(selected, 'random', option, '--until=select')
  assert process.returncode == 0, process.stderr
  assert 'nothing to do' in process.stderr


def test_a_list_that_leaks_held_out_examples_is_refused(selected, tmp_path):
  (split,) = (selected / 'shared').glob('split-*')
  np.save(tmp_path / 'leak.npy', np.load(split / 'held_out_idx.npy')[:3])
  line = refused(selected, f'--config.select.file={tmp_path}/leak.npy')
  assert 'held out for judging' in line


def test_a_manifest_that_was_changed_is_refused_by_name(selected, cell):
  path = cell / 'kept_idx.npy'
  good = path.read_bytes()
  try:
    np.save(path, np.load(path)[1:])
    line = refused(selected)
  finally:
    path.write_bytes(good)
  assert 'kept_idx.npy is damaged (it is not the file that was' in line


def test_a_manifest_of_other_data_is_refused(selected, cell):
  path, digests = cell / 'selection.json', cell / 'digests.json'
  good = path.read_text()
  try:
    path.write_text(good.replace('"fingerprint": "', '"fingerprint": "0'))
    digests.rename(cell / 'aside')  # As a cell of before there were any.
    line = refused(selected)
  finally:
    path.write_text(good)
    (cell / 'aside').rename(digests)
  assert 'manifest of other data' in line


def test_a_long_tail_thins_training_and_leaves_the_held_out_whole(tmp_path):
  options = ('--until=select', '--config.data.imbalance=20')
  process = run(tmp_path, 'random', *options)
  assert process.returncode == 0, process.stderr
  assert 'long-tailed: ' in process.stderr
  table = pq.read_table(tmp_path / 'random-0.5-seed0' / 'manifest.parquet')
  reason = np.array(table['reason'].to_pylist())
  label = table['label'].to_numpy()
  counts = np.bincount(label[np.isin(reason, ['kept', 'pruned'])])
  assert counts.max() > 15 * counts.min() > 0
  assert (reason == 'held_out').sum() == 898
  assert (reason == 'thinned').sum() == 899 - counts.sum()
  left = np.array(table['key'].to_pylist())[reason == 'thinned']
  (tmp_path / 'mine.txt').write_text(left[0])
  options = (*options, f'--config.select.file={tmp_path}/mine.txt')
  process = run(tmp_path, 'random', *options)
  assert process.returncode == 1 and 'left out by' in process.stderr
