import json
import threading

import numpy as np
import pytest

from configs import digits
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import paths as paths_lib


def config(**overrides):
  found = digits.get_config('cluster_classifier')
  found.update_from_flattened_dict(overrides)
  return found


AT_SURROGATES = {'surrogates', 'losses', 'gradients'}
AT_SUBSETS = {'subset_surrogates', 'agreements'}


def names(**overrides):
  paths = paths_lib.locate(config(**overrides), 'print', 'runs')
  return {key: path.name for key, path in paths._asdict().items()}


def changed(**overrides):
  before, after = names(), names(**overrides)
  return {key for key in before if before[key] != after[key]}


def test_an_artifact_is_named_by_what_it_depends_on():
  assert changed(**{'autoencoder.num_codes': 128}) == {
    'autoencoder', 'latents', *AT_SURROGATES, *AT_SUBSETS,
  }  # fmt: skip
  assert changed(**{'surrogate.steps': 9}) == AT_SURROGATES
  assert changed(**{'surrogate.size': 'S'}) == AT_SURROGATES | AT_SUBSETS
  assert changed(**{'moso.epochs': 9}) == AT_SUBSETS
  assert changed(**{'bank.num_draws': 1}) == {
    'losses', 'gradients', 'agreements',
  }  # fmt: skip
  assert changed(**{'score.gradient': 'vmap'}) == {'gradients', 'agreements'}
  assert changed(**{'score.num_clusters': 5}) == {'clusters_judge', 'scores'}
  assert changed(**{'score.inertia_ks': (2, 3, 4)}) == {'inertia'}
  assert changed(**{'score.restarts': 3}) == {
    'clusters_judge', 'inertia', 'scores',
  }  # fmt: skip
  seen = {'features_judge', 'features_precision', 'features_memorization'}
  assert changed(**{'judge.steps': 7}) == {'judge', 'clusters_judge', *seen}
  assert changed(**{'judge.precision': 'pixels'}) == {'features_precision'}
  assert changed(**{'judge.memorization': 'pixels'}) == {
    'features_memorization',
  }  # fmt: skip
  assert changed(**{'classifier.steps': 7}) == {
    'classifier', 'features', 'inertia', 'scores',
  }  # fmt: skip
  assert changed(**{'data.held_out': 0.5}) == set(names())


@pytest.mark.parametrize(
  ('method', 'keys'),
  [
    ('el2n', {'surrogate.seed': 7, 'bank.seed': 7, 'dit.label_dropout': 0.2}),
    ('grand', {'surrogate.num': 2, 'score.gradient': 'vmap'}),
    ('moso', {'moso.checkpoints': 2, 'bank.t_min': 0.2, 'surrogate.seed': 7}),
  ],
)
def test_scores_are_named_by_what_their_method_is_given(method, keys):
  before = names(**{'score.method': method})['scores']
  for key, value in keys.items():
    assert names(**{'score.method': method, key: value})['scores'] != before
  others = {'score.num_clusters': 3, 'classifier.steps': 3}
  assert names(**{'score.method': method, **others})['scores'] == before


def test_what_one_backbone_sees_is_one_artifact():
  own = names()
  assert own['features_judge'] == own['features_precision']
  asked = names(**{'judge.precision': 'pixels', 'judge.memorization': 'pixels'})
  assert asked['features_precision'] == asked['features_memorization']
  selects = names(**{'judge.precision': 'pixels', 'score.backbone': 'pixels'})
  assert selects['features_precision'] == selects['features']


def test_the_network_that_judges_is_named_by_its_training_alone():
  """As it was before others could judge beside it: runs of then are found."""
  own = names()
  trained = dict(
    network='judge', seed=2, steps=300, batch_size=64, learning_rate=1e-3
  )
  assert own['judge'] == f'judge-{artifacts.hash8(own["split"], trained)}'


def test_the_cell_and_the_runtime_change_nothing_shared():
  for key, value in {
    'seed': 5, 'prune_ratio': 0.9, 'train.steps': 7, 'select.keep': 'high',
    'runtime.batch_size': 3,
  }.items():  # fmt: skip
    assert not changed(**{key: value}), key


BUILDS = pytest.mark.parametrize(
  'build',
  [artifacts.build, artifacts.build_together],
  ids=['alone', 'together'],
)


def resumed(path):
  return json.loads((path / 'time.json').read_text())['resumed']


@BUILDS
def test_what_exists_is_not_made_again(tmp_path, build):
  calls = []
  for _ in range(2):
    build(tmp_path / 'thing', calls.append)
  assert len(calls) == 1
  assert not resumed(tmp_path / 'thing')


@BUILDS
def test_what_was_broken_off_is_not_there_and_is_resumed(tmp_path, build):
  def breaks(folder):
    (folder / 'half').write_text('done')
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    build(tmp_path / 'thing', breaks)
  assert not (tmp_path / 'thing').exists()
  seen = []
  build(
    tmp_path / 'thing', lambda folder: seen.append((folder / 'half').exists())
  )
  assert resumed(tmp_path / 'thing')
  assert seen == [True] and (tmp_path / 'thing' / 'half').exists()


def test_two_that_want_the_same_thing_make_it_once(tmp_path):
  made, entered = [], threading.Barrier(2)

  def want():
    entered.wait()
    artifacts.build(tmp_path / 'thing', made.append)

  threads = [threading.Thread(target=want) for _ in range(2)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert len(made) == 1


def test_a_file_is_whole_or_not_there(tmp_path):
  def breaks(path):
    path.write_text('half')
    raise OSError

  with pytest.raises(OSError):
    artifacts.write(tmp_path / 'file.txt', breaks)
  assert not (tmp_path / 'file.txt').exists()
  artifacts.write_array(tmp_path / 'a.npy', np.arange(3))
  np.testing.assert_array_equal(np.load(tmp_path / 'a.npy'), np.arange(3))


def test_another_configuration_is_named_by_its_first_key(tmp_path):
  path = tmp_path / 'config.json'
  artifacts.write_json(path, config().to_dict())
  artifacts.same_config(path, config().to_dict())
  artifacts.same_config(path, config(**{'runtime.workers': 2}).to_dict())
  other = config(**{'dit.patch': 4}).to_dict()
  with pytest.raises(ValueError, match='dit.patch = 2, now it is 4'):
    artifacts.same_config(path, other)
