"""Which cells stand beside one in its report."""

import json

from sweeps import cell

from prune_dm_jax.report import beside
from prune_dm_jax.report import table


def names(found):
  return {name: [f.name for f in folders] for name, folders in found.items()}


def test_its_ratio_and_the_whole_set_stand_beside_it_its_own_seed_first(
  tmp_path,
):
  own = cell(tmp_path, 'grand', 0.5, 1, recall=1.0)
  for place in (('random', 0.5, 0), ('random', 0.5, 1), ('random', 0.9, 1),
                ('unpruned', 0, 2), ('vae_random', 0.5, 1)):  # fmt: skip
    cell(tmp_path, *place, recall=0.5)
  assert names(beside.candidates(own, 'dit', 0.5, 1)) == {
    beside.RANDOM: ['random-0.5-seed1', 'random-0.5-seed0'],
    beside.WHOLE: ['unpruned-0-seed2'],
  }
  of_vae = names(beside.candidates(own, 'vae', 0.5, 1))
  assert of_vae[beside.RANDOM] == ['vae_random-0.5-seed1']


def test_a_cell_does_not_stand_beside_itself_nor_its_other_seeds(tmp_path):
  own, _ = (cell(tmp_path, 'random', 0.5, seed, recall=1.0) for seed in (0, 1))
  assert names(beside.candidates(own, 'dit', 0.5, 0)) == {beside.WHOLE: []}


def test_random_is_found_by_the_ratio_that_was_asked_for(tmp_path):
  """Of 1,438 three quarters pruned are 0.7497 of them."""
  own = cell(tmp_path, 'grand', 0.75, 0, recall=1.0)
  cell(tmp_path, 'random', 0.75, 0, recall=0.5)
  ratio = table.ratio_of(own, {'prune_ratio': 0.749652})
  there = names(beside.candidates(own, 'dit', ratio, 0))
  assert there[beside.RANDOM] == ['random-0.75-seed0']


def test_only_a_cell_of_the_same_setting_gives_its_numbers(tmp_path):
  own = beside.read(cell(tmp_path / 'a', 'grand', 0.5, 0, recall=1.0))
  same = cell(tmp_path / 'a', 'random', 0.5, 7, recall=0.5)
  assert beside.rows(same, own)['recall']['value'] == 0.5
  longer = cell(tmp_path / 'b', 'random', 0.5, 0, steps=9, recall=0.5)
  assert beside.rows(longer, own) == {}
  other = json.loads((same / 'selection.json').read_text())
  (same / 'selection.json').write_text(json.dumps(other | {'fingerprint': 'g'}))
  assert beside.rows(same, own) == {}
