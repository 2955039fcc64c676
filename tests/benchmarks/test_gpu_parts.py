"""The parts of the benchmark of a GPU: the self-test, on a CPU."""

import importlib
import json

import jax
import numpy as np
import pytest

from prune_dm_jax.benchmarks import networks
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import runner
from prune_dm_jax.commands import benchmark
from prune_dm_jax.models import dit


@pytest.mark.parametrize('name', runner.PARTS)
def test_a_part_is_a_function_of_its_name(name):
  module = f'prune_dm_jax.benchmarks.gpu.{runner.PARTS[name][0]}'
  assert callable(getattr(importlib.import_module(module), name))


def test_flops_of_a_gradient_are_those_of_its_products_by_hand():
  """Of a Dense three products of its size, but two of the first one's."""
  layers, d, _ = dit.SIZES['S'].values()
  batch, side, channels = 3, 8, 4
  t = (side // 2) ** 2
  in_block = t * (12 * d * d + 2 * t * d) + 6 * d * d
  ends = t * 2 * 4 * channels * d + 2 * d * d + d * d + 256 * d
  unasked = t * 4 * channels * d + 256 * d  # Of gradients in x and in t.
  by_hand = 2 * batch * (3 * (layers * in_block + ends) - unasked)
  got = networks.gradient_flops('S', channels, batch, side)
  np.testing.assert_allclose(got, by_hand)


def test_a_line_has_four_digits_and_takes_numbers_of_numpy(tmp_path):
  part = facts.Part('sample', True, tmp_path)
  facts.say(part, 'a', one=np.float32(1 / 3), two={'b': 2 / 3}, three=7)
  (line,) = facts.read(tmp_path)
  assert line['one'] == 0.3333 and line['two'] == {'b': 0.6667}
  assert line['three'] == 7


SAID = {
  'machine': 1,
  'torch_s': 1,
  'sample': 2,
  'vqvae': 2,
  'digest': 1,
  'train_f32': 1,
}
"""part -> how many lines its self-test gives."""


@pytest.mark.thorough
def test_the_self_test_measures_each_part_whole(tmp_path, capfd):
  parts = ','.join(name for name in SAID if name != 'machine')
  benchmark.main(
    ['gpu', '--tiny', '--seconds=3000', f'--parts={parts}', f'--out={tmp_path}']
  )
  lines = (tmp_path / facts.RESULTS).read_text().splitlines()
  lines = [json.loads(line) for line in lines]
  said = {name: [r for r in lines if r['part'] == name] for name in SAID}
  assert {name: len(rows) for name, rows in said.items()} == SAID
  assert said['machine'][0]['jax'] == jax.__version__
  for name in ('sample', 'vqvae', 'train_f32'):
    assert all(row['ms'] > 0 and row['images_s'] > 0 for row in said[name])
  assert '| train_f32 | DiT-mini/2 | float32 | 8 |' in capfd.readouterr().out
