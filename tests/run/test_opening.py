"""Runs that are opened."""

import json
import pathlib

from prune_dm_jax.run import opening
from prune_dm_jax.run import paths as paths_lib

OLDER = pathlib.Path(__file__).parents[1] / 'golden' / 'older'
"""A cluster_classifier cell of 2026-11-24, before some keys were there."""


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
