"""What selection.json says of each step, beside what the manifest says."""

import collections
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_cells import cell_of

ASKED = {
  'junk.min_contrast': 90.0, 'select.twins': 'drop', 'select.at_least': 3,
  'score.num_clusters': 7, 'prune_ratio': 0.95, 'twins.threshold': 0.02,
}  # fmt: skip


@pytest.fixture(scope='module')
def made(tmp_path_factory):
  """The selection, its manifest, and what is kept of it without at_least."""
  workdir = tmp_path_factory.mktemp('steps')
  cell, run = cell_of(workdir, 'cluster_pixels', **ASKED)
  plain, _ = cell_of(
    workdir, 'cluster_pixels', **ASKED | {'select.at_least': 0}
  )
  reasons = pq.read_table(cell / 'manifest.parquet')['reason'].to_pylist()
  found = json.loads((cell / 'selection.json').read_text())['steps']
  kept = [set(np.load(c / 'kept_idx.npy').tolist()) for c in (cell, plain)]
  return found, collections.Counter(r.split()[0] for r in reasons), kept, run


def test_each_step_leaves_what_the_manifest_says(made):
  steps, reasons, (kept, _), run = made
  left = len(run.train)
  assert steps[0] == {'step': 'split', 'left': left}
  for step, why in zip(steps[1:4], ('twin', 'leak:', 'junk:'), strict=True):
    left -= reasons[why]
    assert step['out'] == reasons[why] and step['left'] == left
  assert reasons['twin'] and reasons['junk:']
  assert steps[4] == {'step': 'score', 'groups': 7, 'left': len(kept)}


def test_groups_are_those_that_have_shares(tmp_path):
  cell, _ = cell_of(tmp_path, 'random', **{'select.within': 'classes'})
  steps = json.loads((cell / 'selection.json').read_text())['steps']
  assert steps[1:] == [{'step': 'score', 'groups': 10, 'left': 450}]


def test_the_last_step_says_how_many_it_exchanged(made):
  steps, _, (kept, without), _ = made
  changed = len(kept - without)
  assert steps[5] == {
    'step': 'at_least', 'exchanged': changed, 'left': len(kept)
  }  # fmt: skip
  assert changed and len(steps) == 6
