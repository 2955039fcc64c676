"""What rank agreement means, and its table."""

import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest
from absl import flags

from configs import digits_quick
from prune_dm_jax.commands import rank_agreement

ROOT = pathlib.Path(__file__).parents[2]
SCORES = np.random.default_rng(0).normal(size=40)


def test_agreement_is_of_ranks_alone():
  agree = rank_agreement.spearman
  assert agree(SCORES, np.exp(SCORES)) == 1 and agree(SCORES, -SCORES) == -1
  swapped = agree(np.array([1, 2, 3, 4]), np.array([1, 2, 4, 3]))
  np.testing.assert_allclose(swapped, 1 - 6 * 2 / (4 * 15))  # Spearman, 1904.


def test_what_two_scores_keep_of_half():
  both = lambda a, b: rank_agreement.kept_by_both(a, b, keep='high')
  assert both(SCORES, SCORES) == 1 and both(SCORES, -SCORES) == 0
  assert both(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4])) == 0.5


def test_each_pair_is_of_two_seeds_and_the_second_may_be_taken_otherwise(
  monkeypatch,
):
  taken = lambda config, workdir, settings: tuple(settings.values())
  monkeypatch.setattr(rank_agreement, 'scored', taken)
  monkeypatch.setattr(rank_agreement, 'spearman', lambda a, b: (a, b))
  monkeypatch.setattr(rank_agreement, 'kept_by_both', lambda a, b, keep: 0)
  seeds = types.SimpleNamespace(value=['4', '5', '6'])
  monkeypatch.setattr(rank_agreement, 'SEEDS', seeds)
  way = rank_agreement.Way({'bank.seed': 0}, {'surrogate.size': 'S'})
  found = rank_agreement.compare(None, None, 'el2n', way)['rank agreement']
  assert found == [
    (('el2n', i, 0), ('el2n', j, 0, 'S')) for i, j in ((4, 5), (4, 6), (5, 6))
  ]


def test_every_way_names_keys_that_there_are_and_holds_what_it_says():
  ways = rank_agreement.ways()
  for way in ways.values():
    config = digits_quick.get_config('random')
    with config.unlocked():
      before = {*config.to_dict()}
      config.update_from_flattened_dict(way.settings | way.second)
    assert {*config.to_dict()} == before
  held = lambda name: {*ways[name].settings} - {'bank.num_draws'}
  assert held('eight draws, of one bank') == {'bank.seed'}
  assert held('eight draws, of one surrogate') == {'surrogate.seed'}
  (own,) = held('eight draws, of the same subsets')
  assert own == 'moso.subsets_seed'


def test_what_a_way_does_not_say_of_a_method_is_left_empty():
  found = {
    ('a', 'el2n'): {'x': [0.25]},
    ('a', 'moso'): {'x': [0.5, 1.0]},
    ('b', 'moso'): {'x': [0.5]},
  }
  rows = rank_agreement.table(found, 'x').splitlines()
  assert rows[0] == '| x | el2n | moso |'
  assert rows[2:] == ['| a | 0.25 | 0.75 (0.50 to 1.00) |', '| b |  | 0.50 |']


@pytest.mark.parametrize('seeds', ['0,0', '0,b'])
def test_one_seed_has_nothing_to_agree_with(tmp_path, seeds):
  process = subprocess.run(
    [
      sys.executable, '-m', 'prune_dm_jax', 'rank-agreement',
      '--config=configs/digits_quick.py', f'--workdir={tmp_path}',
      f'--seeds={seeds}',
    ],
    cwd=ROOT, capture_output=True, text=True, check=False,
  )  # fmt: skip
  assert process.returncode == 1 and list(tmp_path.iterdir()) == []
  assert process.stderr.strip().endswith(
    ': take two whole numbers or more, as 0,1'
  )


def test_a_size_that_is_none_is_refused_before_anything_is_trained():
  with pytest.raises(ValueError, match='one of <mini|mini8|S'):
    flags.FLAGS['large_size'].parser.parse('XS')
