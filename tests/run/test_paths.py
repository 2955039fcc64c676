"""What is shared is named by all that it depends on, and by nothing else."""

import pytest

from configs import digits
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning.method import Method
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import meanings
from prune_dm_jax.run import paths as paths_lib

AT_SURROGATES = {'surrogates', 'losses', 'gradients', 'class_losses'}
AT_HALVES = {'half_surrogates', 'held_out_losses', 'influences'}
AT_SUBSETS = {'subset_surrogates', 'agreements'}


def config(**overrides):
  found = digits.get_config('cluster_classifier')
  found.update_from_flattened_dict(overrides)
  return found


def names(**overrides):
  paths = paths_lib.locate(config(**overrides), 'print', 'runs')
  return {key: path.name for key, path in paths._asdict().items()}


def changed(**overrides):
  before, after = names(), names(**overrides)
  return {key for key in before if before[key] != after[key]}


def test_an_artifact_is_named_by_what_it_depends_on():
  assert changed(**{'autoencoder.num_codes': 128}) == {
    'autoencoder', 'latents', *AT_SURROGATES, *AT_HALVES, *AT_SUBSETS,
  }  # fmt: skip
  assert changed(**{'surrogate.num': 9}) == AT_SURROGATES
  assert changed(**{'surrogate.steps': 9}) == AT_SURROGATES | AT_HALVES
  assert changed(**{'surrogate.size': 'S'}) == (
    AT_SURROGATES | AT_HALVES | AT_SUBSETS
  )
  assert changed(**{'moso.epochs': 9}) == AT_SUBSETS
  assert changed(**{'moso.subsets_seed': 9}) == AT_SUBSETS
  assert changed(**{'bank.num_draws': 1}) == {
    'losses', 'gradients', 'agreements', 'held_out_losses', 'class_losses',
    'influences',
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
  assert changed(**{'data.crop': 'resize'}) == set(names())


def test_components_name_what_is_clustered_and_none_name_it_as_before():
  assert changed(**{'score.components': 9}) == {
    'clusters_judge', 'inertia', 'scores',
  }  # fmt: skip
  own, options = names(), config().score
  before = ('num_clusters', 'restarts', 'normalize', 'kmeans')
  before = {key: options[key] for key in before}
  digest = artifacts.hash8(own['split'], [own['features']], before, 0)
  assert own['scores'] == f'scores_cluster_classifier-{digest}'


def test_what_is_of_ones_own_is_named_by_its_content(tmp_path):
  path = tmp_path / 'own.npy'
  settings = {
    'scores': {'score.method': 'given', 'score.scores': str(path)},
    'features': {'score.backbone': 'given', 'score.embeddings': str(path)},
  }
  for artifact, keys in settings.items():
    found = [names(**keys)[artifact]]
    for file, text in (('own.npy', 'a'), ('own.npy', 'b'), ('own.txt', 'k')):
      (tmp_path / file).write_text(text)
      found.append(names(**keys)[artifact])
    assert len({*found}) == 4
    assert found[-1] == names(**keys)[artifact]
    path.unlink()
    (tmp_path / 'own.txt').unlink()


@pytest.mark.parametrize(
  ('method', 'keys'),
  [
    ('el2n', {'surrogate.seed': 7, 'bank.seed': 7, 'dit.label_dropout': 0.2}),
    ('grand', {'surrogate.num': 2, 'score.gradient': 'vmap'}),
    ('moso', {'moso.checkpoints': 2, 'bank.t_min': 0.2, 'surrogate.seed': 7}),
    ('cld', {'surrogate.evaluations': 7, 'bank.t_min': 0.2}),
    ('diffusion_classifier', {'surrogate.num': 2, 'bank.seed': 7}),
  ],
)
def test_scores_are_named_by_what_their_method_is_given(method, keys):
  before = names(**{'score.method': method})['scores']
  for key, value in keys.items():
    assert names(**{'score.method': method, key: value})['scores'] != before
  others = {'score.num_clusters': 3, 'classifier.steps': 3}
  assert names(**{'score.method': method, **others})['scores'] == before


@pytest.mark.parametrize('method', METHODS)
def test_scores_are_named_by_the_ratio_only_where_the_method_is_told_it(method):
  at = lambda ratio: names(**{'score.method': method, 'prune_ratio': ratio})
  first, other = at(0.5), at(0.75)
  told = {'scores'} if METHODS[method].of_number else set()
  assert {key for key in first if first[key] != other[key]} == told


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
    'runtime.batch_size': 3, 'runtime.accumulate': 2, 'train.warmup': 7,
    'runtime.shard_optimizer': True, 'train.reduce_dtype': 'bfloat16',
    'runtime.crops': True,
  }.items():  # fmt: skip
    assert not changed(**{key: value}), key


def test_another_attention_names_surrogates_and_none_names_them_as_before():
  """As it rounds otherwise; the names are those of before there were others."""
  assert changed(**{'dit.attention': 'cudnn'}) == (
    AT_SURROGATES | AT_HALVES | AT_SUBSETS
  )
  assert not changed(**{'dit.attention': 'auto'})
  before = names(**{'flow.time': 'uniform'})
  assert before['surrogates'] == 'surrogates-18ce3dc9'
  assert before['subset_surrogates'] == 'subset_surrogates-01254800'


def test_looks_of_another_meaning_name_all_that_is_made_of_them(monkeypatch):
  settings = [
    {},
    {'select.twins': 'drop'},
    {'junk.min_side': 5},
    {'select.twins': 'drop', 'twins.by': 'features'},
  ]
  before = [names(**some) for some in settings]
  monkeypatch.setitem(meanings.MEANINGS, 'looks', 2)
  moved = [
    {key for key, name in names(**some).items() if name != old[key]}
    for some, old in zip(settings, before, strict=True)
  ]
  assert moved == [
    {'looks', 'twins'}, {'looks', 'twins', 'scores'},
    {'looks', 'twins', 'scores'}, {'looks'},
  ]  # fmt: skip


@pytest.mark.parametrize(
  ('need', 'matters'),
  [
    ('looks', {'looks'}),
    ('twins', {'looks', 'twins'}),
    ('clusters', {'clusters', 'components', 'classifier'}),
  ],
)
def test_scores_are_named_by_what_decides_the_pictures_needs(
  monkeypatch, need, matters
):
  row = Method((need,), 'high', (), lambda given, *, key: None)
  monkeypatch.setitem(METHODS, 'mine', row)
  of = {'score.method': 'mine'}
  name = lambda **settings: names(**of, **settings)['scores']
  before = name()
  backbone = '_classifier' if need == 'clusters' else ''
  assert before.startswith(f'scores_mine{backbone}-')
  moved = {
    'clusters': name(**{'score.num_clusters': 7}),
    'components': name(**{'score.components': 7}),
    'classifier': name(**{'classifier.steps': 7}),
    'twins': name(**{'twins.threshold': 0.1}),
    'seed of a cell': name(seed=7),
    'ratio': name(prune_ratio=0.9),
  }
  monkeypatch.setitem(meanings.MEANINGS, 'looks', 2)
  moved['looks'] = name()
  assert {what for what in moved if moved[what] != before} == matters


def test_features_name_scores_where_twins_are_told_by_them(monkeypatch):
  row = Method(('twins',), 'high', (), lambda given, *, key: None)
  monkeypatch.setitem(METHODS, 'mine', row)
  for by, differ in (('thumbnails', False), ('features', True)):
    of = {'score.method': 'mine', 'twins.by': by}
    found = {names(**of, **more)['scores'] for more in ({}, CLASSIFIER)}
    assert (len(found) == 2) == differ


CLASSIFIER = {'classifier.steps': 7}
