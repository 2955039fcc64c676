import pytest

from configs import celebahq
from configs import common
from configs import digits
from configs import emoji
from configs import fashion_mnist
from configs import image_folder
from configs import imagenet
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.run import bounds
from prune_dm_jax.run import checks

ON_DISK = {
  'celebahq': celebahq,
  'emoji': emoji,
  'fashion_mnist': fashion_mnist,
  'image_folder': image_folder,
  'imagenet': imagenet,
}


@pytest.fixture
def weights(tmp_path):
  """A folder with a file for each published network, as text."""
  for backbone in BACKBONES.values():
    if backbone.file:
      (tmp_path / backbone.file).touch()
  (tmp_path / 'own.npz').touch()
  return str(tmp_path)


@pytest.mark.parametrize('variant', common.VARIANTS)
def test_every_variant_is_allowed_as_it_is(variant, weights):
  config = digits.get_config(variant)
  config.weights = weights
  config.score.update(
    scores=f'{weights}/own.npz', embeddings=f'{weights}/own.npz'
  )
  checks.check(config, devices=1)


def test_holding_out_nothing_is_allowed():
  config = digits.get_config('random')
  config.data.held_out = 0.0
  checks.check(config, devices=1)


WRONG = {
  'data.name': 'mnist',
  'data.image_size': 18,
  'data.held_out': 1.0,
  'data.imbalance': 0.5,
  'data.max_bad': 1.0,
  'data.crop': 'centre',
  'score.components': -1,
  'score.method': 'gradients',
  'score.backbone': 'judge',
  'judge.network': 'classifier',
  'judge.precision': 'classifier',
  'judge.memorization': 'classifier',
  'score.kmeans': 'faiss',
  'score.inertia_ks': (4, 2, 8),
  'select.keep': 'best',
  'select.allocation': 'even',
  'select.file': 'gone.npy',
  'select.begin_with': 'gone.txt',
  'autoencoder.num_codes': 70000,
  'autoencoder.steps': 0,
  'autoencoder.perceptual': -1.0,
  'autoencoder.adversarial': -1.0,
  'autoencoder.adversarial_from': 1.0,
  'dit.size': 'XXL',
  'dit.init': 'gone.safetensors',
  'dit.dtype': 'float16',
  'dit.attention': 'flash',
  'dit.label_dropout': 1.0,
  'flow.path': 'straight',
  'flow.time': 'cosine',
  'sample.step': 'rk4',
  'sample.diffusion': 'constant',
  'sample.last_step': 1.0,
  'sample.rtol': 0.0,
  'sample.num': 0,
  'sample.guidance': 'some',
  'train.batch_size': 63,
  'train.ema_decay': 1.0,
  'train.exposure': 'time',
  'train.warmup': 1501,
  'train.reduce_dtype': 'float16',
  'runtime.accumulate': 5,
  'runtime.checkpoint_every': 0,
  'runtime.part_size': 0,
  'score.gradient': 'exact',
  'surrogate.size': 'XXL',
  'surrogate.batch_size': 63,
  'surrogate.evaluations': 1,
  'bank.num_draws': 0,
  'bank.t_min': 0.99,
  'moso.num_subsets': 0,
  'model': 'flow',
  'vae.latent_dim': 0,
  'gan.blocks': 0,
  'gan.b1': 1.0,
}


@pytest.mark.parametrize('key', WRONG)
def test_a_wrong_value_is_refused_by_its_key_and_value(key):
  config = digits.get_config('random')
  config.update_from_flattened_dict({key: WRONG[key]})
  with pytest.raises(ValueError) as error:
    checks.check(config, devices=2)
  assert key in str(error.value) and str(WRONG[key]) in str(error.value)


def test_what_these_devices_have_not_is_refused_and_told_what_would_do():
  config = digits.get_config('random')
  bounds.check_platform(config, 'cpu', 2)
  config.dit.attention = 'cudnn'
  with pytest.raises(ValueError, match='cudnn.* no float32; take xla'):
    checks.check(config, devices=1)
  config.dit.dtype = 'bfloat16'
  checks.check(config, devices=1)
  bounds.check_platform(config, 'gpu', 1)
  with pytest.raises(ValueError, match='devices here are cpu; take xla'):
    bounds.check_platform(config, 'cpu', 1)
  config.runtime.shard_optimizer = True
  with pytest.raises(ValueError, match='2 processes cannot save'):
    bounds.check_platform(config, 'gpu', 2)


@pytest.mark.parametrize('model', ['vae', 'gan'])
def test_pictures_must_halve_as_often_as_there_are_widths(model):
  config = digits.get_config(f'{model}_random')
  config.data.image_size, config[model].widths = 12, (8, 16)
  checks.check(config, devices=1)
  config[model].widths = (8, 16, 32)
  with pytest.raises(ValueError, match='image_size is 12, .*as often'):
    checks.check(config, devices=1)
  config[model].widths = (8, 20)
  with pytest.raises(ValueError, match=rf'{model}.widths is \(8, 20\)'):
    checks.check(config, devices=1)


def test_a_cell_is_of_the_model_that_its_name_says():
  for variant, model in (('random', 'gan'), ('vae_random', 'dit')):
    config = digits.get_config(variant)
    config.model = model
    with pytest.raises(ValueError, match=f'{model!r}, but {variant} is a'):
      checks.check(config, devices=1)


def test_nothing_is_removed_of_an_unpruned_set_whatever_the_model():
  config = digits.get_config('gan_unpruned')
  config.prune_ratio = 0.5
  with pytest.raises(ValueError, match='gan_unpruned removes nothing'):
    checks.check(config, devices=1)


def test_guidance_needs_a_model_that_knows_no_label():
  config = digits.get_config('random')
  config.sample.guidance_weight = 2.0
  checks.check(config, devices=1)
  config.dit.label_dropout = 0.0
  with pytest.raises(ValueError, match='guidance_weight is 2.0, but'):
    checks.check(config, devices=1)


def test_a_model_that_is_told_no_class_cannot_be_guided_to_one():
  config = digits.get_config('random')
  config.dit.conditional, config.sample.guidance_weight = False, 1.0
  checks.check(config, devices=1)
  config.sample.guidance_weight = 2.0
  with pytest.raises(ValueError, match='conditional is False'):
    checks.check(config, devices=1)


@pytest.mark.parametrize('name', ON_DISK)
def test_small_presets_are_judged_without_weights(name, tmp_path):
  config = ON_DISK[name].get_config('random,small')
  config.data.path = config.weights = str(tmp_path)
  checks.check(config, devices=1)


@pytest.mark.parametrize('name', ON_DISK)
@pytest.mark.parametrize('preset', ['', ',small'])
def test_sets_on_disk_need_a_path_and_nothing_else(
  name, preset, tmp_path, weights
):
  for variant in common.OF_PAPER:
    config = ON_DISK[name].get_config(variant + preset)
    assert (config.data.name, config.variant) == (name, variant)
    with pytest.raises(ValueError, match="config.data.path is ''"):
      checks.check(config, devices=1)
    config.data.path, config.weights = str(tmp_path), weights
    own = f'{weights}/own.npz'
    config.score.update(scores=own, embeddings=own)
    checks.check(config, devices=4)


def test_a_path_that_is_not_there_is_refused_by_name():
  config = image_folder.get_config('random')
  config.data.path = 'nowhere'
  with pytest.raises(ValueError, match="config.data.path is 'nowhere'"):
    checks.check(config, devices=1)


def test_another_preset_than_small_is_refused():
  with pytest.raises(ValueError, match="'tiny' is not a preset; write random,"):
    imagenet.get_config('random,tiny')


def test_the_presets_of_the_paper_are_the_papers():
  keys = {
    'data.image_size': (256, 256),
    'score.num_clusters': (1000, 24),
    'autoencoder.code_dim': (8, 4),
    'dit.size': ('XL', 'XL'),
    'dit.patch': (2, 2),
    'dit.conditional': (True, False),
    'train.steps': (120_000, 220_000),
    'train.batch_size': (256, 32),
    'train.learning_rate': (1e-4, 1e-4),
    'train.ema_decay': (0.9999, 0.9999),
    'sample.num': (12_800, 4000),
    'judge.network': ('inception', 'inception'),
    'judge.precision': ('vgg16', 'vgg16'),
    'judge.memorization': ('clip', 'clip'),
  }
  for config, column in ((imagenet, 0), (celebahq, 1)):
    found = config.get_config('random')
    assert 2 ** len(found.autoencoder.widths) == 8
    for key, values in keys.items():
      assert bounds.value_at(found, key) == values[column], key


def test_a_perceptual_loss_needs_the_weights_of_lpips(tmp_path):
  config = digits.get_config('random')
  config.update_from_flattened_dict(
    {'autoencoder.perceptual': 1.0, 'weights': 'mine'}
  )
  with pytest.raises(ValueError, match='convert SOURCE mine/lpips.safetensor'):
    checks.check(config, devices=1)
  (tmp_path / 'lpips.safetensors').touch()
  config.weights = str(tmp_path)
  checks.check(config, devices=1)
  config.data.image_size = 8
  with pytest.raises(ValueError, match='8 pixels are too small for LPIPS'):
    checks.check(config, devices=1)
