"""A score that has no clusters, inside those of another method."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_cells import cell_of

from configs import digits_quick
from prune_dm_jax.run import checks
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import scores

INSIDE = {'select.clusters': 'pixels', 'score.num_clusters': 7}


@pytest.fixture(scope='module')
def workdir(tmp_path_factory):
  return tmp_path_factory.mktemp('inside')


@pytest.fixture(scope='module')
def made(workdir):
  return cell_of(workdir, 'random', **INSIDE)


def test_clusters_are_those_of_the_method_and_the_score_is_its_own(
  made, workdir
):
  cell, run = made
  clustered, _ = cell_of(workdir, 'cluster_pixels', **{'score.num_clusters': 7})
  plain, _ = cell_of(workdir / 'plain', 'random')
  read = lambda path: pq.read_table(path / 'manifest.parquet')
  table = read(cell)
  assert table['cluster'].equals(read(clustered)['cluster'])
  assert table['score'].equals(read(plain)['score'])
  facts = json.loads((cell / 'selection.json').read_text())
  assert (facts['k'], facts['backbone']) == (7, 'pixels')
  assert len(list(workdir.glob('shared/scores_cluster_pixels-*'))) == 1


def test_each_cluster_keeps_its_highest_in_proportion(made):
  cell, run = made
  table = pq.read_table(cell / 'manifest.parquet').take(run.train)
  keep, score = table['keep'].to_numpy(), table['score'].to_numpy()
  group = table['cluster'].to_numpy()
  for cluster in range(7):
    own = group == cluster
    assert abs(keep[own].sum() - own.sum() / 2) <= 1
    assert score[own & keep].min() > score[own & ~keep].max()


def test_what_would_be_kept_waits_for_the_clusters(tmp_path):
  config = digits_quick.get_config('random')
  config.update_from_flattened_dict(INSIDE)
  with pytest.raises(ValueError, match='these scores of cluster are not there'):
    dry_run.foresee(config, tmp_path)


def test_a_method_with_clusters_has_no_others():
  config = digits_quick.get_config('cluster_pixels')
  config.select.clusters = 'pixels'
  with pytest.raises(ValueError, match='but cluster has clusters of its own'):
    checks.check(config, devices=1)
  config = digits_quick.get_config('grand')
  config.select.clusters = 'classifier'
  checks.check(config, devices=1)
  config.twins.by = 'features'
  with pytest.raises(ValueError, match='twins are told by features of pixels'):
    checks.check(config, devices=1)


def test_clusters_are_of_the_backbone_that_is_asked_for(tmp_path):
  config = digits_quick.get_config('random')
  config.select.clusters = 'classifier'
  run = opening.open_checked(config, tmp_path, judged=False)
  path = scores.by_clusters(run).paths.scores
  assert path.name.startswith('scores_cluster_classifier-')


def test_candidates_are_the_same_for_both_scores(tmp_path):
  config = digits_quick.get_config('random')
  config.update_from_flattened_dict(INSIDE | {'junk.min_contrast': 90.0})
  run = opening.open_checked(config, tmp_path, judged=False)
  scores.build(run)
  found = scores.load(run)
  clustered = scores.load(scores.by_clusters(run))
  np.testing.assert_array_equal(found.index, clustered.index)
  assert len(found.index) < len(run.train)
  assert len(np.unique(found.group)) == 7


def test_clusters_by_other_weights_are_another_selection(made, monkeypatch):
  cell, run = made
  cells.check(run, cell)
  other = 'scores_cluster_pixels-00000000'
  monkeypatch.setattr(scores, 'name_of_clusters', lambda run: other)
  with pytest.raises(ValueError, match=f'now they would be of {other}'):
    cells.check(run, cell)
