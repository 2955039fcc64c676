"""A small run of the loader's benchmark."""

import json

import numpy as np

from prune_dm_jax.benchmarks import loader as loader_speed
from prune_dm_jax.commands import benchmark
from prune_dm_jax.data import loader
from prune_dm_jax.data import shards


def test_the_rates_are_there_and_the_paper_is_their_measure(capsys):
  benchmark.main(
    ['loader', '--examples=600', '--seconds=1', '--rounds=1', '--pictures=2']
  )
  found = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert found['latents_a_second'] > 0 and found['pictures_a_second'] > 0
  of_paper = found['latents_a_second'] / found['cache_over_paper']
  assert 426 < of_paper < 427
  assert found['unsummed_a_second'] > 0
  ratio = found['latents_a_second'] / found['unsummed_a_second']
  np.testing.assert_allclose(found['summed_over_unsummed'], ratio)


def test_the_same_rows_are_read_with_sums_and_without(tmp_path):
  summed = loader_speed.cache(tmp_path / 'a', 50)
  unsummed = loader_speed.without_sums(summed, tmp_path / 'b')
  with_sums = [shards.sums_of(p).exists() for p in files(summed)]
  without = [shards.sums_of(p).exists() for p in files(unsummed)]
  assert with_sums == [True] and without == [False]
  rows = [loader.rows(paths, np.arange(50)) for paths in (summed, unsummed)]
  for name in ('codes', 'label'):
    np.testing.assert_array_equal(rows[0][name], rows[1][name])


def files(paths):
  return sorted(paths['codes'].glob('*.npy'))
