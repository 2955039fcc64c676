import pytest

from configs import common
from configs import digits
from prune_dm_jax import checks


@pytest.mark.parametrize('variant', common.VARIANTS)
def test_every_variant_is_allowed_as_it_is(variant):
  checks.check(digits.get_config(variant), devices=1)


WRONG = {
  'data.name': 'mnist',
  'data.image_size': 18,
  'data.held_out': 0.0,
  'data.imbalance': 0.5,
  'data.max_bad': 1.0,
  'score.method': 'gradients',
  'score.backbone': 'judge',
  'score.kmeans': 'faiss',
  'score.inertia_ks': (4, 2, 8),
  'select.keep': 'best',
  'select.allocation': 'even',
  'select.file': 'gone.npy',
  'autoencoder.num_codes': 70000,
  'autoencoder.steps': 0,
  'dit.size': 'XXL',
  'dit.dtype': 'float16',
  'dit.label_dropout': 1.0,
  'flow.path': 'straight',
  'flow.time': 'cosine',
  'sample.step': 'dopri5',
  'sample.num': 0,
  'sample.guidance': 'some',
  'train.batch_size': 63,
  'train.ema_decay': 1.0,
  'train.exposure': 'time',
  'runtime.checkpoint_every': 0,
  'runtime.part_size': 0,
  'score.gradient': 'exact',
  'surrogate.size': 'XXL',
  'surrogate.batch_size': 63,
  'surrogate.evaluations': 1,
  'bank.num_draws': 0,
  'bank.t_min': 0.99,
  'moso.num_subsets': 0,
}


@pytest.mark.parametrize('key', WRONG)
def test_a_wrong_value_is_refused_by_its_key_and_value(key):
  config = digits.get_config('random')
  config.update_from_flattened_dict({key: WRONG[key]})
  with pytest.raises(ValueError) as error:
    checks.check(config, devices=2)
  assert key in str(error.value) and str(WRONG[key]) in str(error.value)


def test_guidance_needs_a_model_that_knows_no_label():
  config = digits.get_config('random')
  config.sample.guidance_weight = 2.0
  checks.check(config, devices=1)
  config.dit.label_dropout = 0.0
  with pytest.raises(ValueError, match='guidance_weight is 2.0, but'):
    checks.check(config, devices=1)


def test_a_model_that_is_told_no_class_cannot_be_guided_to_one():
  config = digits.get_config('random')
  config.dit.conditional = False
  checks.check(config, devices=1)
  config.sample.guidance_weight = 2.0
  with pytest.raises(ValueError, match='conditional is False'):
    checks.check(config, devices=1)
