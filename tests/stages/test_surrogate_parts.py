"""Parts of the training split that surrogates are trained on, and steps."""

import types

import numpy as np
import pytest

from configs import digits
from prune_dm_jax.stages import held_out_losses
from prune_dm_jax.stages import surrogate


def run_of(size):
  config = digits.get_config('moso')
  return types.SimpleNamespace(config=config, train=np.arange(size))


def test_evaluations_are_evenly_spaced_and_end_at_the_end():
  assert surrogate.evenly(10, 3) == [3, 7, 10]


def test_more_subsets_than_pairs_of_examples_are_refused():
  run = run_of(126)
  run.config.moso.num_subsets = 1000
  with pytest.raises(ValueError, match='num_subsets is 1000, of 126 examples'):
    surrogate.subsets(run)


def test_subsets_are_of_the_surrogate_unless_they_have_a_seed_of_their_own():
  def subsets(**seeds):
    run = run_of(126)
    run.config.update_from_flattened_dict(seeds)
    return surrogate.subsets(run).tolist()

  own, held = {'moso.subsets_seed': 3}, {'surrogate.seed': 3}
  assert subsets() != subsets(**held) == subsets(**own)
  assert subsets(**own) == subsets(**own, **{'surrogate.seed': 8})


def test_at_most_so_many_are_held_out_and_they_are_drawn(monkeypatch):
  run, others = run_of(80), np.arange(40)
  assert held_out_losses.held_out_of(run, others).tolist() == others.tolist()
  monkeypatch.setattr(held_out_losses, 'MOST', 10)
  found = held_out_losses.held_out_of(run, others)
  assert len({*found}) == 10 and found.max() > 20
  assert found.tolist() == sorted(found)
