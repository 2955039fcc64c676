import json
import pathlib

import jax
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax.data import shards
from prune_dm_jax.models import vqvae
from prune_dm_jax.run import opening
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import latents


@pytest.fixture(scope='module')
def given(tmp_path_factory):
  """A run, and an autoencoder of it that was never trained."""
  config = digits_quick.get_config('random')
  run = opening.open_run(config, tmp_path_factory.mktemp('runs'))
  network = vqvae.VQVAE((8,), 1, 4, 1)
  example = np.zeros((1, 16, 16, 1), np.float32)
  params = network.init(jax.random.key(0), example)['params']
  codebook = np.random.default_rng(0).normal(size=(256, 4)).astype(np.float32)
  return run, network, params, codebook


def test_what_was_encoded_is_not_encoded_again(given, tmp_path, monkeypatch):
  """And of all files there is one program."""
  traced, nearest = [], vqvae.nearest
  monkeypatch.setattr(
    vqvae, 'nearest', lambda *args: traced.append(args) or nearest(*args)
  )
  monkeypatch.setattr(shards, 'ROWS', 700)
  latents.encode(*given, tmp_path)
  assert len(traced) == 1
  codes = shards.take(tmp_path / 'codes', np.arange(1797))
  shards.memory_map.cache_clear(), shards.written.cache_clear()
  (tmp_path / 'codes' / '00001.npy').unlink()
  zeros = np.zeros((700, 8, 8), np.uint16)
  latents.write_rows(tmp_path / 'codes' / '00000.npy', zeros)
  latents.encode(*given, tmp_path)
  again = shards.take(tmp_path / 'codes', np.arange(1797))
  np.testing.assert_array_equal(again[:700], zeros)
  np.testing.assert_array_equal(again[700:], codes[700:])
  assert not list(tmp_path.glob('*/*partial*'))


def test_worker_processes_change_no_codes_and_no_features(given, tmp_path):
  run, *trained = given
  found = []
  for workers in (0, 1):
    run.config.runtime.workers = workers
    folder = tmp_path / str(workers)
    folder.mkdir()
    latents.encode(run, *trained, folder)
    features.write(run, 'pixels', folder)
    codes = shards.take(folder / 'codes', np.arange(1797))
    found.append((codes, np.load(folder / 'features.npy')))
  run.config.runtime.workers = 0
  jax.tree.map(np.testing.assert_array_equal, *found)


def test_codes_are_the_nearest_to_each_encoding(given, tmp_path):
  run, network, params, codebook = given
  latents.encode(*given, tmp_path)
  found = shards.take(tmp_path / 'codes', np.array([3, 1500]))
  rows = fitting.in_unit(fitting.reader(run)(np.array([3, 1500])))
  z = network.apply({'params': params}, rows['image'], method='encode')
  apart = np.linalg.norm(np.asarray(z)[..., None, :] - codebook, axis=-1)
  np.testing.assert_array_equal(found, apart.argmin(axis=-1))


def test_counts_and_spread_are_those_of_all_training_codes(given, tmp_path):
  run, *_, codebook = given
  latents.encode(*given, tmp_path)
  codes = shards.take(tmp_path / 'codes', run.train)
  counts = latents.counted(run, tmp_path)
  np.testing.assert_array_equal(
    counts, np.bincount(codes.ravel(), minlength=256)
  )
  expected = codebook.astype(float)[codes].std()
  assert np.isclose(latents.spread(codebook, counts), expected, rtol=1e-12)


def test_stale_latents_are_refused(given, tmp_path):
  run = given[0]
  facts = latents.origin(run)
  write = lambda facts: pathlib.Path(tmp_path / 'header.json').write_text(
    json.dumps(facts)
  )
  write(facts)
  assert latents.check(run, tmp_path) == tmp_path
  for name in facts:
    write({**facts, name: 'other'})
    with pytest.raises(ValueError, match=f"stale, of {name} 'other'"):
      latents.check(run, tmp_path)
