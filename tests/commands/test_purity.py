"""Clusters of digits against their classes, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from configs import digits_quick
from configs import image_folder
from prune_dm_jax import stages
from prune_dm_jax.commands import purity
from prune_dm_jax.stages import scores as scores_lib


@pytest.fixture
def config():
  found = digits_quick.get_config('cluster_pixels')
  found.score.restarts = 1
  return found


def test_clusters_of_pixels_know_more_of_digits_than_chance(config, tmp_path):
  names = ['random', 'pixels']
  found = purity.compare(config, tmp_path, names, ks=[4, 20], seeds=[0, 1])
  tried = [('pixels', 4), ('random', 4), ('pixels', 20), ('random', 20)]
  assert list(found) == [('one cluster', 1), *tried]
  assert found['one cluster', 1]['purity'][0] < 0.13
  for k in (4, 20):
    for measure, values in found['pixels', k].items():
      assert min(values) > max(found['random', k][measure]) + 0.1
  assert len(list((tmp_path / 'shared').glob('features_pixels-*'))) == 1
  rows = purity.rows(found)
  assert rows[0]['number'] == '1' and '±' not in rows[0]['purity']
  values = found['pixels', 4]['purity']
  apart = abs(values[0] - values[1]) / np.sqrt(2)
  said = f'{sum(values) / 2:.3f} ± {apart:.3f}'
  assert rows[1]['purity'] == said


def test_the_first_seed_has_the_clusters_of_a_run(config, tmp_path):
  run = purity.opened(config, tmp_path, 'pixels')
  groups = purity.clusters(run, config.score.num_clusters, seed=0)
  stages.build(run, 'scores')
  of_run = scores_lib.load(run).group
  np.testing.assert_array_equal(groups, of_run)


def test_more_clusters_than_pictures_are_refused_by_the_flag(config, tmp_path):
  with pytest.raises(ValueError, match='--ks: 2000 clusters of 899 training'):
    purity.compare(config, tmp_path, ['pixels'], ks=[2, 2000], seeds=[0])


def test_pictures_without_classes_are_refused(tmp_path):
  (tmp_path / 'set').mkdir()
  rng = np.random.default_rng(0)
  for i in range(12):
    picture = rng.integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(picture).save(tmp_path / 'set' / f'{i}.png')
  config = image_folder.get_config('cluster_pixels,small')
  config.data.path = str(tmp_path / 'set')
  with pytest.raises(ValueError, match='set.*have no classes'):
    purity.opened(config, tmp_path, 'pixels')


@pytest.mark.parametrize(
  ('names', 'said'),
  [(['pixels', 'judge'], "'judge' is none; choose"), (['random'], 'name one')],
)
def test_backbones_that_cannot_be_clustered_are_refused(names, said):
  with pytest.raises(ValueError, match=said):
    purity.check_backbones(names)


@pytest.mark.parametrize('texts', [[], ['x'], ['0'], ['-1'], ['4', '4']])
def test_numbers_that_are_none_are_refused_by_the_flag(texts):
  with pytest.raises(ValueError, match=f'--ks={",".join(texts)}: take whole'):
    purity.positive('ks', texts, least=1)
