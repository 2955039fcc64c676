"""A method of a package that needs looks, twins and clusters has those on disk."""

import json
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_entry_points import install

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import packages
from prune_dm_jax.pruning.method import Method
from prune_dm_jax.report import costs
from prune_dm_jax.run import checks
from prune_dm_jax.run import fits
from prune_dm_jax.run import opening
from prune_dm_jax.run import variants
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import given
from prune_dm_jax.stages import scores
from prune_dm_jax.stages import truth
from prune_dm_jax.stages import work

ROW = """
import numpy as np

GIVEN = {}

def scores(given, *, key, weight):
  GIVEN.update(given)
  clusters = given['clusters']
  _, group, size = np.unique(
    given['twins'], return_inverse=True, return_counts=True)
  score = given['looks']['contrast'] / size[group] - clusters['distance']
  return weight * score, np.full(len(score), np.nan), clusters['group']

ROW = dict(needs=('looks', 'twins', 'clusters'), keep='high', options=(),
           scores=scores, defaults={'weight': 1.0})
"""


@pytest.fixture(scope='module')
def mine(tmp_path_factory):
  """The module of a package; its method is among ours, and one of another."""
  folder = tmp_path_factory.mktemp('package')
  with pytest.MonkeyPatch.context() as patch:
    install(folder, ['mine = mine_of_test:ROW'], ROW)
    patch.syspath_prepend(folder)
    patch.delitem(sys.modules, 'mine_of_test', raising=False)
    patch.setitem(METHODS, 'mine', packages.found(METHODS)['mine'])
    patch.setitem(METHODS, 'other', OTHER)
    yield sys.modules['mine_of_test']


def nearest(given, *, key):
  del key
  distance = given['clusters']['distance']
  return distance, distance, np.zeros(len(distance), np.int32)


OTHER = Method(('clusters',), 'low', (), nearest, across=True)


@pytest.fixture(scope='module')
def workdir(tmp_path_factory):
  return tmp_path_factory.mktemp('needs')


def config_of(method='mine', **settings):
  config = digits_quick.get_config('cluster_pixels')
  config.score.update(method=method, weight=1.0)
  config.update_from_flattened_dict(
    {'score.restarts': 1, 'score.num_clusters': 7, 'twins.threshold': 0.03}
    | settings
  )
  return config


def opened(workdir, method='mine', **settings):
  config = config_of(method, **settings)
  return opening.open_checked(config, workdir, judged=False)


def clusters_in(workdir):
  return {*workdir.glob('shared/scores_cluster_pixels-????????')}


def made(workdir, method='mine', **settings):
  """The run, and its Scores."""
  run = opened(workdir, method, **settings)
  stages.build(run, 'scores')
  return run, scores.load(run)


@pytest.mark.parametrize(
  'settings',
  [
    {},
    {'select.twins': 'drop'},
    {'select.twins': 'drop', 'junk.min_contrast': 90.0},
  ],
)
def test_what_is_given_of_candidates_is_what_is_on_disk(
  mine, workdir, settings
):
  run, found = made(workdir, **settings)
  clusters = opened(workdir, 'cluster', **settings).paths.scores
  given, index = mine.GIVEN, found.index
  assert (len(index) < len(run.train)) == bool(settings)
  np.testing.assert_array_equal(given['index'], index)
  looks = pq.read_table(run.paths.looks / 'looks.parquet').drop(['key'])
  assert set(looks.column_names) == given['looks'].keys()
  for name, values in given['looks'].items():
    np.testing.assert_array_equal(values, looks[name].to_numpy()[index])
  table = pq.read_table(run.paths.twins / 'groups.parquet').to_pydict()
  group = dict(zip(table['index'], table['group'], strict=True))
  assert given['twins'].tolist() == [group.get(i, i) for i in index]
  alone = len(np.unique(given['twins'])) == len(index)
  assert alone == ('select.twins' in settings)
  own = np.load(clusters / 'scores.npz')
  np.testing.assert_array_equal(own['index'], index)
  np.testing.assert_array_equal(given['clusters']['group'], own['group'])
  np.testing.assert_array_equal(given['clusters']['distance'], own['score'])
  np.testing.assert_array_equal(found.group, own['group'])


def test_whoever_needs_clusters_has_the_same_ones(mine, workdir):
  stages.build(opened(workdir), 'scores')
  before = clusters_in(workdir)
  own = opened(workdir, 'cluster').paths.scores
  stamp = (own / 'scores.npz').stat().st_mtime_ns
  _, other = made(workdir, 'other')
  _, found = made(workdir, 'cluster')
  np.testing.assert_array_equal(other.score, found.score)
  assert own in before == clusters_in(workdir)
  assert (own / 'scores.npz').stat().st_mtime_ns == stamp
  artifacts = {
    item.artifact
    for method in ('mine', 'other', 'cluster')
    for item in work.scores(opened(workdir, method))
  }
  assert artifacts == {own.name}
  other = {'score.backbone': 'classifier'}
  own = opened(workdir, 'cluster', **other).paths.scores
  assert scores.by_clusters(opened(workdir, **other)).paths.scores == own


def test_what_it_took_is_counted_with_all_that_it_needs(mine, workdir):
  run, _ = made(workdir)
  own = opened(workdir, 'cluster').paths.scores
  folders = [own, *(getattr(run.paths, name) for name in MADE)]
  read = lambda path: json.loads((path / 'time.json').read_text())['seconds']
  assert truth.seconds(run) == pytest.approx(sum(map(read, folders)))
  config = run.config.to_dict()
  assert {*costs.artifacts_of(METHODS['mine'], config)} == {
    'looks', 'twins', 'features_pixels', 'scores_cluster_pixels',
    'scores_mine_pixels',
  }  # fmt: skip


MADE = ('split', 'looks', 'twins', 'features', 'scores')


def test_of_surrogates_who_is_no_candidate_is_in_no_cluster(mine, workdir):
  run, found = made(workdir, **{'select.twins': 'drop'})
  row = METHODS['mine']._replace(needs=('losses', 'twins', 'clusters'))
  where = {
    'twins': run.paths.twins,
    'clusters': scores.by_clusters(run).paths.scores,
  }
  with pytest.MonkeyPatch.context() as patch:
    patch.setitem(METHODS, 'mine', row)
    arrays = given.arrays(run, where, found.index)
  np.testing.assert_array_equal(arrays['index'], run.train)
  assert len(arrays['twins']) == len(run.train)
  there = np.isin(run.train, found.index)
  group, distance = (arrays['clusters'][n] for n in ('group', 'distance'))
  np.testing.assert_array_equal(group[there], found.group)
  assert set(group[~there]) == {-1} and np.isnan(distance[~there]).all()


def test_it_is_offered_asked_and_refused_as_one_of_features(mine, tmp_path):
  backbones = lambda name: [b for n, b in variants.pairs() if n == name]
  assert backbones('mine') == backbones('cluster')
  assert variants.needs_no_training(dict(method='mine', backbone='pixels'))
  assert not variants.needs_no_training(
    dict(method='mine', backbone='classifier')
  )
  run = opened(tmp_path)
  assert stages.way_to(run, 'scores') == [
    'data', 'features', 'looks', 'twins', 'scores',
  ]  # fmt: skip
  with pytest.raises(ValueError, match='scores of mine are not there yet'):
    dry_run.foresee(run.config, tmp_path)
  run.config.score.num_clusters = 900
  with pytest.raises(
    ValueError, match='num_clusters is 900, but there are 899'
  ):
    fits.check(run, ['scores'])
  for settings, said in (
    ({'select.clusters': 'pixels'}, 'mine has clusters of its own'),
    ({'score.backbone': 'clip'}, 'clip'),
  ):
    with pytest.raises(ValueError, match=said):
      checks.check(config_of(**settings), devices=1)
