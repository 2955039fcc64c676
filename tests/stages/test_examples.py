"""What a cell trains on, beside what it keeps."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_cells import cell_of

from prune_dm_jax.data import manifest
from prune_dm_jax.metrics import memorization
from prune_dm_jax.run import cells as cell_files
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import evaluate
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import explained
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import scores
from prune_dm_jax.stages import select
from prune_dm_jax.stages import train
from prune_dm_jax.stages import work

HIGH_NOISE = {
  'select.pruned': 'high_noise', 'select.noise_from': 0.7,
  'flow.time': 'uniform',
}  # fmt: skip


@pytest.fixture(scope='module')
def workdir(tmp_path_factory):
  return tmp_path_factory.mktemp('examples')


@pytest.fixture(scope='module')
def high_noise(workdir):
  return cell_of(workdir, 'random', **HIGH_NOISE, prune_ratio=0.75)


def test_what_is_pruned_is_used_at_high_noise_as_often_as_such_times_come(
  high_noise,
):
  cell, run = high_noise
  trained, kept = examples.of_cell(cell), np.load(cell / 'kept_idx.npy')
  np.testing.assert_array_equal(trained.index, run.train)
  whole = np.isin(trained.index, kept)
  assert (trained.t_min == np.where(whole, 0, 0.7)).all()
  np.testing.assert_allclose(trained.weight, np.where(whole, 1, 0.3))
  facts = cell_files.facts(cell)
  counts = [facts[name] for name in ('kept', 'high_noise', 'pruned')]
  assert counts == [len(kept), len(run.train) - len(kept), 0]
  assert len(kept) == 225 and facts['noise_from'] == 0.7
  before = examples.chosen(run, scores.load(run), kept)
  for one, two in zip(before, trained, strict=True):
    np.testing.assert_array_equal(one, two)


def test_what_is_pruned_first_is_used_at_the_highest_noise_alone(workdir):
  """Of each place the noise is a line between the ends, by score."""
  cell_of(workdir, 'cluster_pixels')
  cell, run = cell_of(
    workdir, 'cluster_pixels', **HIGH_NOISE, **{'select.noise_to': 0.9}
  )
  assert '+noise_to=0.9' in cell.name
  table = pq.read_table(cell / 'manifest.parquet')
  far = table['score'].to_numpy()
  noisy = np.array(table['reason'], object) == 'high_noise'
  order = np.flatnonzero(noisy)[np.argsort(far[noisy], kind='stable')]
  t_min = table['t_min'].to_numpy()[order]
  np.testing.assert_allclose(t_min, np.linspace(0.7, 0.9, len(order)))
  np.testing.assert_allclose(table['weight'].to_numpy()[order], 1 - t_min)
  facts = cell_files.facts(cell)
  assert (facts['noise_from'], facts['noise_to']) == (0.7, 0.9)
  assert '(1 - t from 0.7 to 0.9 on)' in gallery.gallery(run, cell)


def test_as_many_passes_are_counted_by_weight(high_noise, monkeypatch):
  """225 pictures, and 675 at three tenths of the times, are 427.5 of 900."""
  cell, run = high_noise
  run = run._replace(config=run.config.copy_and_resolve_references())
  run.config.train.update(exposure='epochs', steps=1000)
  seen = []
  fit = lambda *_, options, **__: seen.append(options.steps)
  monkeypatch.setattr(dit, 'fit', fit)
  train.fit_dit(run, cell, examples.of_cell(cell))
  (planned,) = work.train(run)
  assert seen == [475] and '475 steps' in str(planned)


def test_it_is_said_where_pictures_and_choices_are(high_noise):
  cell, run = high_noise
  assert '674 are trained on at high noise alone' in gallery.gallery(run, cell)
  found = scores.load(run)
  said = dry_run.text(run, found, select.choose(run, found))
  assert '225 kept, 674 at high noise alone, 0 pruned' in said
  table = pq.read_table(cell / 'manifest.parquet')
  index = table['reason'].to_pylist().index('high_noise')
  (why,) = [
    v for k, v in explained.explain(run, cell, index).rows if k == 'reason'
  ]
  assert why.startswith(
    'pruned, but where 1 - t is at least 0.7: method random'
  )


def test_a_sample_near_what_is_used_at_high_noise_alone_is_near_none_of_the_kept(
  high_noise, tmp_path
):
  """Of the kept three samples, and of what is used at high noise two."""
  cell, run = high_noise
  places = np.arange(len(run.source), dtype=np.float32)[:, None]
  np.save(tmp_path / 'features.npy', places)
  kept = np.load(cell / 'kept_idx.npy')
  others = examples.of_cell(cell).index
  others = np.setdiff1d(others, kept)[[0, 9]]
  given = evaluate.trained_on(run, cell, tmp_path, None)
  found = memorization.metric(
    given | {'features': places[np.concatenate([kept[:3], others])]}
  )
  assert found['nearest_was_kept'][0] == 3 / 5
  assert found['generated_to_kept_mean'][0] > 0


def test_twins_and_junk_are_not_used_at_high_noise_either(workdir):
  cell, run = cell_of(
    workdir, 'random', **HIGH_NOISE, **{'junk.min_contrast': 90.0}
  )
  trained = examples.of_cell(cell)
  reasons = np.array(pq.read_table(cell / 'manifest.parquet')['reason'], object)
  junk = [i for i, why in enumerate(reasons) if str(why).startswith('junk')]
  assert junk and not np.isin(junk, trained.index).any()
  assert cell_files.facts(cell)['pruned'] == len(junk)


@pytest.mark.parametrize('by', ['class', 'cluster'])
def test_balance_trains_on_each_group_as_often_and_keeps_what_it_did(
  by, workdir
):
  plain, run = cell_of(workdir, 'cluster_pixels')
  cell, _ = cell_of(workdir, 'cluster_pixels', **{'select.balance': by})
  assert cell.name == f'cluster_pixels+balance={by}-0.5-seed0'
  table = pq.read_table(cell / 'manifest.parquet')
  trained = manifest.trained(table)
  assert (cell / 'kept.txt').read_bytes() == (plain / 'kept.txt').read_bytes()
  groups = table['label' if by == 'class' else by].to_numpy()[trained.index]
  groups = np.unique(groups, return_inverse=True)[1]
  sums = np.bincount(groups, trained.weight)
  np.testing.assert_allclose(sums, np.bincount(groups).max())
  assert trained.weight.min() == 1 and len(np.unique(trained.weight)) > 2


def test_another_training_on_the_same_list_is_another_cell(workdir, tmp_path):
  plain, run = cell_of(workdir, 'random')
  file = {'select.file': str(plain / 'kept.txt')}
  first, _ = cell_of(workdir, 'random', **file)
  other, _ = cell_of(workdir, 'random', **file, **HIGH_NOISE)
  assert first != other and '+pruned=high_noise' in other.name
  assert cell_of(workdir, 'random', **file)[0] == first
  assert len(examples.of_cell(other).index) == len(run.train)


def test_a_manifest_as_a_list_is_trained_on_as_it_says(
  high_noise, workdir, tmp_path
):
  cell, run = high_noise
  file = str(cell / 'manifest.parquet')
  other, _ = cell_of(workdir, 'unpruned', **{'select.file': file})
  found = examples.of_cell(cell), examples.of_cell(other)
  for one, two in zip(*found, strict=True):
    np.testing.assert_array_equal(one, two)
  facts = [cell_files.facts(c) for c in (cell, other)]
  for name in ('kept', 'high_noise', 'pruned', 'noise_from'):
    assert facts[0][name] == facts[1][name]
  with pytest.raises(ValueError, match='but a vae is trained at no noise'):
    cell_of(tmp_path, 'vae_unpruned', **{'select.file': file})


def test_what_is_trained_on_alike_has_neither_weights_nor_fingerprints(workdir):
  cell, _ = cell_of(workdir, 'cluster_pixels')
  trained = examples.of_cell(cell)
  assert examples.weights(trained) is None
  assert examples.fingerprints(trained) == {}
  read = lambda indices: {'index': indices}
  assert examples.reader(trained, read) is read


def test_weights_and_times_are_part_of_what_a_checkpoint_was_trained_on():
  trained = manifest.throughout(np.arange(4))
  often = trained._replace(weight=np.array([1, 1, 2, 1.0]))
  noisy = trained._replace(t_min=np.array([0, 0.5, 0, 0]))
  assert [*examples.fingerprints(often)] == ['weights']
  assert [*examples.fingerprints(noisy)] == ['t_min']
  other = often._replace(weight=np.array([1, 2, 1, 1.0]))
  assert examples.fingerprints(often) != examples.fingerprints(other)


def test_a_batch_says_the_least_noise_of_its_examples():
  trained = manifest.Trained(
    np.array([2, 5, 9]), np.ones(3), np.array([0, 0.5, 0.25])
  )
  read = examples.reader(trained, lambda indices: {'index': indices})
  assert read(np.array([9, 2, 9, 5]))['t_min'].tolist() == [0.25, 0, 0.25, 0.5]
