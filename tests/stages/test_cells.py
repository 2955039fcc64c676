"""Cells: what is said of them."""

import json
import pathlib

import numpy as np

from prune_dm_jax.run import opening
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import select

OLDER = pathlib.Path(__file__).parents[1] / 'golden' / 'older'
"""A cluster_classifier cell of 2026-11-24, before some keys were there."""


def test_balancing_by_a_tiny_cluster_is_warned_of_with_the_remedy(caplog):
  select.warn_of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 37, 3]))
  (warning,) = caplog.messages
  assert warning.startswith(
    'only 9 of 100 examples are kept, as the smallest of 3 clusters has 3;'
  )
  assert 'waterfill' in warning
  caplog.clear()
  select.warn_of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 36, 4]))
  assert not caplog.messages


def test_cells_that_are_older_than_some_keys_are_opened_with_the_same_names():
  cell = OLDER / 'cell'
  before = json.loads((cell / 'config.json').read_text())
  assert not {'weights', 'precision'} & {*before, *before['judge']}
  run = opening.of_cell(cell)
  facts = json.loads((cell / 'selection.json').read_text())
  assert run.source.fingerprint == facts['fingerprint']
  assert run.paths.scores.name == facts['scores']
  assert set(paths_lib.judges(run.config).values()) == {'judge'}
  assert not (OLDER / 'shared').exists()
