"""The whole way on real pictures that have no classes."""

import json

import pytest
from photographs import jpeg
from photographs import put

from configs import celebahq
from prune_dm_jax import stages
from prune_dm_jax.stages import dry_run

SHORT = {
  'autoencoder.steps': 20,
  'train.steps': 20,
  'sample.num': 24,
  'sample.num_steps': 2,
}


def configured(folder, **overrides):
  found = celebahq.get_config('cluster_pixels,small')
  found.data.path = str(folder)
  found.update_from_flattened_dict({'data.held_out': 0.5, **overrides})
  return found


@pytest.fixture
def faces(tmp_path):
  return put(tmp_path / 'set', {f'{i}.jpg': jpeg(i) for i in range(44)})


@pytest.mark.parametrize('key', ['network', 'precision', 'memorization'])
def test_a_judge_of_classes_is_refused_before_any_work(key, faces, tmp_path):
  found = configured(faces, **{f'judge.{key}': 'judge'})
  with pytest.raises(ValueError, match=f'judge.{key} is judge, which is train'):
    stages.run_until(found, tmp_path, 'report')
  assert not list(tmp_path.glob('cluster_pixels*'))


@pytest.mark.parametrize('key', ['within', 'balance'])
def test_a_selection_by_classes_is_refused_before_any_work(
  key, faces, tmp_path
):
  word = {'within': 'classes', 'balance': 'class'}[key]
  found = configured(faces, **{f'select.{key}': word})
  for begin in (stages.run_until, dry_run.foresee):
    with pytest.raises(
      ValueError, match=f'select.{key} is {word!r}, but .* class'
    ):
      begin(found, tmp_path, *['report'] * (begin is stages.run_until))
  made = {path.name.partition('-')[0] for path in tmp_path.glob('shared/*')}
  assert made <= {'checked', 'store', '.locks'}


@pytest.mark.slow
def test_pictures_without_classes_go_the_whole_way(faces, tmp_path):
  stages.run_until(configured(faces, **SHORT), tmp_path, 'report')
  (cell,) = tmp_path.glob('cluster_pixels-0.5-seed0')
  rows = json.loads((cell / 'metrics.json').read_text())
  found = {row['metric'] for row in rows if row['of'] == 'samples'}
  assert {'frechet_distance', 'precision', 'copies', 'cluster_kl'} <= found
  assert not {'asked_class', 'class_kl', 'inception_score'} & found
  assert all('also selected' in r['warning'] for r in rows if r['warning'])
  text = (cell / 'report.html').read_text()
  assert 'Generated, the first 24; not selected' in text
