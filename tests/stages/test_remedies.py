"""Each sentence that says what to do: it is done, and the run gets to its end."""

import json
import re
import shutil

import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import train


def test_a_finished_network_without_a_checkpoint_is_not_begun_again(tmp_path):
  (tmp_path / 'dit' / 'checkpoints' / 'damaged-20').mkdir(parents=True)
  with pytest.raises(ValueError, match='finished, but has no whole') as told:
    fitting.first_params(tmp_path / 'dit', lambda: 'begun')
  assert 'checkpoints/damaged-*' in str(told.value)


def test_one_that_is_not_finished_begins_anew_and_says_so(tmp_path, caplog):
  folder = tmp_path / 'surrogates-0.partial' / '1'
  assert fitting.first_params(folder, lambda: 'begun') == 'begun'
  assert not caplog.messages
  (folder / 'checkpoints' / 'damaged-20').mkdir(parents=True)
  assert fitting.first_params(folder, lambda: 'begun') == 'begun'
  assert 'training begins anew' in caplog.text


@pytest.mark.parametrize('later', cells.LATER)
@pytest.mark.parametrize('gone', cells.FIRST)
def test_a_cell_without_what_it_began_with_is_refused(tmp_path, gone, later):
  for name in {*cells.FIRST} - {gone}:
    (tmp_path / name).write_text('{}')
  (tmp_path / later).mkdir()
  with pytest.raises(ValueError, match=f'{gone} is gone') as told:
    cells.check_first_files(tmp_path)
  assert f'move {tmp_path} away' in str(told.value)
  (tmp_path / gone).write_text('{}')
  cells.check_first_files(tmp_path)


def test_a_selection_that_was_broken_off_is_made_again(tmp_path):
  cells.check_first_files(tmp_path / 'not there')
  (tmp_path / 'config.json').write_text('{}')
  cells.check_first_files(tmp_path)


def small(variant='random'):
  config = digits_quick.get_config(variant)
  config.data.image_size = 8
  config.data.held_out = 0.6
  for part in (config.autoencoder, config.train):
    part.steps = 6
  config.surrogate.steps, config.surrogate.evaluations = 6, 2
  config.sample.num, config.sample.num_steps = 40, 2
  config.runtime.checkpoint_every = config.runtime.log_every = 3
  return config


def sampled(workdir, config=None):
  """What was sampled, by a run to its end."""
  stages.run_until(config or small(), workdir, 'sample')
  (folder,) = workdir.glob('*/samples')
  settings = json.loads((folder / 'settings.json').read_text())
  return settings['ema_digest'], (folder / 'images.npy').read_bytes()


@pytest.fixture(scope='module')
def first(tmp_path_factory):
  """A workdir with a cell that is sampled, and what was sampled."""
  workdir = tmp_path_factory.mktemp('first')
  return workdir, sampled(workdir)


@pytest.fixture
def copy(first, tmp_path):
  """A copy of it without samples."""
  shutil.copytree(first[0], tmp_path / 'runs')
  shutil.rmtree(tmp_path / 'runs' / 'random-0.5-seed0' / 'samples')
  return tmp_path / 'runs'


def refused(workdir, match, config=None):
  with pytest.raises(ValueError, match=match) as told:
    sampled(workdir, config)
  return str(told.value)


def cut(folder):
  """Cuts every file of the checkpoints of a network."""
  for path in folder.glob('checkpoints/*/**/d/*'):
    path.write_bytes(path.read_bytes()[:-9])


NETWORKS = {
  'dit': 'random-0.5-seed0/dit',
  'autoencoder': 'shared/autoencoder-*',
}


@pytest.mark.slow
@pytest.mark.parametrize('network', NETWORKS)
def test_a_finished_network_is_brought_back_or_moved_and_trained(
  first, copy, tmp_path, network
):
  (folder,) = copy.glob(NETWORKS[network])
  shutil.copytree(folder / 'checkpoints', tmp_path / 'saved')
  cut(folder)
  for _ in range(2):  # Not trained from its beginning the second time, either.
    line = refused(copy, 'is finished, but has no whole checkpoint')
    assert f'bring {folder}/checkpoints back, or move {folder} away' in line
  damaged = [p.name for p in (folder / 'checkpoints').glob('damaged-*')]
  assert sorted(damaged) == ['damaged-3', 'damaged-6']  # None is lost.
  shutil.rmtree(folder / 'checkpoints')
  shutil.copytree(tmp_path / 'saved', folder / 'checkpoints')
  assert sampled(copy) == first[1]
  shutil.rmtree(copy / 'random-0.5-seed0' / 'samples')
  folder.rename(tmp_path / 'away')
  assert sampled(copy) == first[1]


@pytest.mark.slow
@pytest.mark.parametrize('gone', cells.FIRST)
def test_a_first_file_is_brought_back_or_the_cell_moved(
  first, copy, tmp_path, gone
):
  path = copy / 'random-0.5-seed0' / gone
  path.rename(tmp_path / gone)
  other = small()
  other.train.steps = 9
  for config in (small(), other):
    line = refused(copy, f'{gone} is gone', config)
    assert f'move {path.parent} away' in line
  (tmp_path / gone).rename(path)
  assert sampled(copy) == first[1]
  path.unlink()
  refused(copy, f'{gone} is gone')
  path.parent.rename(tmp_path / 'away')
  assert sampled(copy) == first[1]


@pytest.mark.slow
def test_a_changed_manifest_is_restored_or_left_in_its_workdir(
  first, copy, tmp_path
):
  path = copy / 'random-0.5-seed0' / 'kept_idx.npy'
  good = path.read_bytes()
  path.write_bytes(good[:-1] + b'x')
  line = refused(copy, 'kept_idx.npy')
  assert 'restore it, or use another --workdir' in line
  assert sampled(tmp_path / 'another') == first[1]
  path.write_bytes(good)
  assert sampled(copy) == first[1]


@pytest.mark.slow
def test_another_learning_rate_is_refused_and_the_old_one_goes_on(
  first, copy, tmp_path
):
  other = small()
  other.train.learning_rate *= 2
  line = refused(copy, 'train.learning_rate', other)
  assert 'use another --workdir, or the old value' in line
  assert sampled(copy) == first[1]
  assert sampled(tmp_path / 'another', other) != first[1]


@pytest.mark.slow
def test_stale_latents_are_moved_away_and_encoded_again(first, copy, tmp_path):
  (folder,) = copy.glob('shared/latents-*')
  header = folder / 'header.json'
  good = json.loads(header.read_text())
  for name in ('image_size', 'autoencoder_digest'):
    header.write_text(json.dumps(good | {name: 'other'}))
    with pytest.raises(ValueError, match='stale') as told:
      run = opening.open_run(small(), copy)
      latents.check(run, folder)
      latents.decoder(run)
    said = str(told.value)
    assert f'move {folder} away' in said or 'damaged' in said
    folder.rename(tmp_path / f'away {name}')
    assert sampled(copy) == first[1]
    shutil.rmtree(copy / 'random-0.5-seed0' / 'samples')
    good = json.loads(header.read_text())


@pytest.mark.slow
def test_a_model_of_other_latents_is_refused_and_another_workdir_works(
  first, copy, tmp_path, monkeypatch
):
  """As if the autoencoder had been trained again on another machine."""
  monkeypatch.setattr(latents, 'autoencoder_digest', lambda run: '0' * 64)
  run = opening.open_run(small(), copy)
  cell = copy / 'random-0.5-seed0'
  with pytest.raises(ValueError, match='with another autoencoder') as told:
    train.fit_dit(run, cell / 'dit', examples.of_cell(cell))
  assert 'use another --workdir' in str(told.value)
  monkeypatch.undo()
  assert sampled(tmp_path / 'another') == first[1]


@pytest.mark.slow
def test_a_damaged_snapshot_is_trained_again_as_it_says(tmp_path):
  """Removing the folder of one surrogate led to the same sentence for ever."""
  config = small('grand')
  stages.run_until(config, tmp_path, 'scores')
  (scores,) = tmp_path.glob('shared/scores*/scores.npz')
  expected = scores.read_bytes()
  (surrogates,) = tmp_path.glob('shared/surrogates-*')
  for file in surrogates.glob('0/snapshots/*/record/metadata'):
    file.write_text(file.read_text().replace('digest', 'digits'))
  shutil.rmtree(scores.parent)
  for passed in tmp_path.glob('shared/gradients*'):
    shutil.rmtree(passed)
  with pytest.raises(ValueError, match='damaged or gone') as told:
    stages.run_until(config, tmp_path, 'scores')
  advised = re.search('move (.+) away to train it again', str(told.value))[1]
  assert advised == str(surrogates)
  surrogates.rename(tmp_path / 'away')
  stages.run_until(config, tmp_path, 'scores')
  assert scores.read_bytes() == expected
