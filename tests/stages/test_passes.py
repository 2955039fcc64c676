"""Passes over real data at trained surrogates: what they may not depend on."""

import constants
import flax.linen as nn
import jax
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.pruning import gradient_norms
from prune_dm_jax.run import opening
from prune_dm_jax.stages import agreements
from prune_dm_jax.stages import held_out_losses
from prune_dm_jax.stages import influences
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate
from prune_dm_jax.training import step as step_lib

NAMES = {*passes.PASSES, 'dots', 'squared_norms', 'slopes'}
MAKES = (*passes.PASSES.values(), agreements.write, influences.write)


@pytest.fixture(scope='module')
def config():
  config = digits_quick.get_config('moso')
  config.data.held_out = 0.93
  config.autoencoder.steps = 5
  config.surrogate.update(steps=8, evaluations=2)
  config.moso.epochs = 3
  config.runtime.part_size = 50
  config.runtime.score_batch_size = 32
  return config


@pytest.fixture(scope='module')
def programs(tmp_path_factory):
  """Where the programs of `run` and `expected` are, as text."""
  return tmp_path_factory.mktemp('programs')


@pytest.fixture(scope='module')
def run(config, tmp_path_factory, programs):
  run = opening.open_run(config, tmp_path_factory.mktemp('runs'))
  with constants.dumped(programs):
    stages.build(run, 'surrogate')
    agreements.build(run)
    surrogate.build_on_halves(run)
  return run


def passed(run, folder):
  """name -> array of the passes, made in a folder."""
  for make in MAKES:
    folder.mkdir(exist_ok=True)
    make(run, folder)
  return {path.stem: np.load(path) for path in folder.glob('*.npy')}


@pytest.fixture(scope='module')
def expected(run, tmp_path_factory, programs):
  with constants.dumped(programs):
    return passed(run, tmp_path_factory.mktemp('all') / 'passes')


def assert_close(got, expected):
  for name in NAMES:
    scale = np.abs(expected[name]).mean() * (100 if name == 'slopes' else 1)
    np.testing.assert_allclose(
      got[name], expected[name], rtol=1e-4, atol=1e-5 * scale, err_msg=name
    )


def altered(run, **runtime):
  config = run.config.copy_and_resolve_references()
  for name, value in runtime.items():
    config.runtime[name] = value
  return run._replace(config=config)


def test_shapes_are_those_that_methods_are_given(run, expected):
  n = len(run.train)
  assert expected['losses'].shape == (1, 2, n, 2)
  assert expected['gradients'].shape == (1, n, 2)
  assert expected['dots'].shape == expected['squared_norms'].shape == (2, n, 2)
  assert sorted(np.bincount(expected['subset'])) == [n // 2, n - n // 2]
  for name in NAMES:
    assert np.isfinite(expected[name]).all() and expected[name].std() > 0


def test_told_its_own_class_a_loss_is_its_own(run, expected):
  found, label = expected['class_losses'], run.source.labels[run.train]
  every = np.arange(len(label))
  assert found.shape == (1, 11, len(label), 2)
  summed = expected['losses'][:, -1] * 8 * 8 * run.config.autoencoder.code_dim
  np.testing.assert_allclose(found[:, 0], summed, rtol=1e-5)
  told = found[0, 1 + label, every]
  np.testing.assert_allclose(told, found[0, 0], rtol=1e-5)
  assert (found[0, 1 + (label + 1) % 10, every] != told).mean() > 0.9


def test_each_half_is_held_out_for_the_other(run, tmp_path):
  held_out_losses.write(run, tmp_path)
  found = {path.stem: np.load(path) for path in tmp_path.glob('*.npy')}
  half = found['half']
  call = passes.over_bank(run, 'losses', passes.loss_of(run))
  params = surrogate.params_at(run, run.paths.half_surrogates / '1', 8)
  given = params, latents.codebook(run)
  every = passes.mapped(run, lambda rows: call(given, rows), run.train)
  own, other = found['losses'][1, half == 1], found['held_out'][1, 1]
  np.testing.assert_allclose(own, every[half == 1], rtol=1e-4)
  np.testing.assert_allclose(other, every[half == 0].mean(axis=0), rtol=1e-4)


def test_no_pass_has_the_codebook_as_a_constant(expected, programs):
  constants.check(programs, ('jit_rows', 'jit_local'))


@pytest.mark.slow
@pytest.mark.parametrize('devices', [1, 2])
def test_neither_batches_nor_parts_nor_devices_change_them(
  run, expected, tmp_path, devices
):
  other = altered(run, part_size=37, score_batch_size=17)
  other = other._replace(mesh=step_lib.data_mesh(jax.devices()[:devices]))
  assert_close(passed(other, tmp_path / 'other'), expected)


def test_devices_sum_their_own_rows_and_meet_once_a_pass(expected, programs):
  """Gradients of a batch are sent nowhere; the mean is, in one program."""
  meets = {
    name: [
      'all_reduce' in path.read_text()
      for path in programs.glob(f'*_jit_{name}_compile.mlir')
    ]
    for name in ('local', 'mean')
  }
  assert len(meets['mean']) == len(meets['local']) > 0
  assert all(meets['mean']) and not any(meets['local'])


def test_score_batch_size_is_of_each_device(run, monkeypatch):
  asked = []
  seen = lambda *given, batch_size, **rest: asked.append(batch_size)
  monkeypatch.setattr(passes.apply, 'mapped', seen)
  for number in (1, 2, 4):
    of_few = run._replace(mesh=step_lib.data_mesh(jax.devices()[:number]))
    passes.mapped(altered(of_few, score_batch_size=5), (), run.train)
  assert asked == [5, 10, 20]


@pytest.mark.slow
def test_parts_and_workers_change_no_bit(run, expected, tmp_path):
  other = altered(run, part_size=37, workers=2, log_every=7)
  (tmp_path / 'other').mkdir()
  for make in (passes.losses, passes.gradients):
    make(other, tmp_path / 'other')
  for name in ('losses', 'gradients'):
    got = np.load(tmp_path / 'other' / f'{name}.npy')
    np.testing.assert_array_equal(got, expected[name])


def test_neither_does_the_order_of_the_data(run, expected, tmp_path):
  shuffle = np.random.default_rng(0).permutation(len(run.train))
  other = run._replace(train=run.train[shuffle])
  (tmp_path / 'other').mkdir()
  for make in (passes.losses, passes.gradients):
    make(other, tmp_path / 'other')
  for name, axis in (('losses', 2), ('gradients', 1)):
    got = np.load(tmp_path / 'other' / f'{name}.npy')
    np.testing.assert_allclose(
      got, np.take(expected[name], shuffle, axis), rtol=1e-4, atol=1e-5
    )
  subset = surrogate.subsets(run)
  np.testing.assert_array_equal(surrogate.subsets(other), subset[shuffle])


@pytest.mark.slow
def test_vmap_gives_what_fast_gives(run, expected, tmp_path):
  config = run.config.copy_and_resolve_references()
  config.score.gradient = 'vmap'
  got = passed(run._replace(config=config), tmp_path / 'vmap')
  assert_close(got, expected)


@pytest.mark.parametrize('make', (passes.losses, *MAKES[-2:]))
def test_a_pass_that_is_broken_off_goes_on_to_the_same_files(
  run, expected, tmp_path, monkeypatch, make
):
  """Broken off at its third part, and at its fourth after that."""
  folder = tmp_path / 'broken'
  folder.mkdir()
  write, calls = passes.parts.save_named, []

  def breaks(folder, name, **arrays):
    calls.append(name)
    if len(calls) in (3, 5):
      raise KeyboardInterrupt
    write(folder, name, **arrays)

  monkeypatch.setattr(passes.parts, 'save_named', breaks)
  for _ in range(2):
    with pytest.raises(KeyboardInterrupt):
      make(run, folder)
  make(run, folder)
  assert len(calls) == len(set(calls)) + 2
  for path in folder.glob('*.npy'):
    np.testing.assert_array_equal(np.load(path), expected[path.stem])
  assert not (folder / 'parts').exists()


@pytest.mark.slow
def test_dots_and_norms_are_those_of_whole_gradients(run, expected):
  """By the definition, at one draw of one checkpoint of one subset."""
  subset = expected['subset']
  own = np.flatnonzero(subset == 1)
  _, (step, _) = surrogate.subset_steps(run, len(own))
  folder = run.paths.subset_surrogates / '1'
  params = surrogate.params_at(run, folder, step)
  rows = passes.read(run, run.train)(own)
  loss, bank = passes.loss_of(run), passes.bank(run)
  x = latents.codebook(run)[rows['codes']]
  noise = passes.noise_bank.noise(bank, 1, rows['index'], x.shape[1:])

  def alone(params, x, y, noise):
    t = bank.times[1:2]
    return loss(params, x[None], y[None], t, noise[None])[0]

  each = jax.jit(jax.vmap(jax.grad(alone), (None, 0, 0, 0)))(
    params, x, rows['label'], noise
  )
  flat = np.concatenate(
    [np.asarray(g).reshape(len(own), -1) for g in jax.tree.leaves(each)], axis=1
  ).astype(np.float64)
  dots = flat @ flat.mean(axis=0)
  scale = np.abs(dots).max()
  np.testing.assert_allclose(
    expected['dots'][0, own, 1], dots, rtol=1e-4, atol=1e-5 * scale
  )
  norms = np.square(flat).sum(axis=1)
  np.testing.assert_allclose(
    expected['squared_norms'][0, own, 1], norms, rtol=1e-4
  )


def test_a_surrogate_that_fast_does_not_cover_is_refused(run, monkeypatch):
  monkeypatch.delitem(gradient_norms.LAYERS, nn.Embed)
  with pytest.raises(ValueError, match='y_embedder/embedding is used outside'):
    passes.way_of(run)
