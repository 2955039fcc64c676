"""What a configuration's numbers must be, each alone and beside the others."""

from itertools import pairwise

from prune_dm_jax.features import lpips
from prune_dm_jax.models import MODELS


def check(config, devices):
  """Raises ValueError naming the key, its value and what would do."""
  check_counts(config, devices)
  check_ladder(config)
  check_shares(config)
  check_codes(config)
  check_terms(config)
  check_grid(config)
  check_model(config)
  check_bank(config)
  check_guidance(config)
  check_junk(config)


def value_at(config, key):
  for part in key.split('.'):
    config = config[part]
  return config


def check_counts(config, devices):
  counts = [
    'data.image_size', 'sample.num', 'sample.num_steps', 'runtime.log_every',
    'runtime.checkpoint_every', 'runtime.batch_size',
    'runtime.score_batch_size', 'runtime.part_size', 'bank.num_draws',
    'surrogate.num', 'moso.num_subsets', 'moso.epochs', 'moso.checkpoints',
    'vae.blocks', 'vae.latent_dim', 'gan.blocks', 'gan.latent_dim',
  ]  # fmt: skip
  for name in ('classifier', 'judge', 'autoencoder', 'train', 'surrogate'):
    counts += [f'{name}.steps', f'{name}.batch_size']
    size = config[name].batch_size
    if size % devices:
      raise ValueError(
        f'config.{name}.batch_size is {size}, which does not divide among '
        f'{devices} devices'
      )
  if not config.data.imbalance >= 1:
    raise ValueError(
      f'config.data.imbalance is {config.data.imbalance}; it is the largest '
      'class over the smallest, at least 1'
    )
  for key in counts:
    if value_at(config, key) < 1:
      raise ValueError(
        f'config.{key} is {value_at(config, key)}; it must be at least 1'
      )


def check_ladder(config):
  if config.score.components < 0:
    raise ValueError(
      f'config.score.components is {config.score.components}; it is the number '
      'of principal components that k-means compares, 0 for the features '
      'themselves'
    )
  ks = tuple(config.score.inertia_ks)
  if len(ks) < 3 or ks[0] < 1 or any(a >= b for a, b in pairwise(ks)):
    raise ValueError(
      f'config.score.inertia_ks is {ks}; it must be three rising numbers of '
      'clusters or more'
    )


def check_shares(config):
  shares = [
    'dit.label_dropout', 'train.ema_decay', 'autoencoder.decay', 'vae.b1',
    'vae.b2', 'gan.b1', 'gan.b2', 'autoencoder.adversarial_from',
  ]  # fmt: skip
  for key in shares:
    if not 0 <= value_at(config, key) < 1:
      raise ValueError(
        f'config.{key} is {value_at(config, key)}; it must be in [0, 1)'
      )
  if not 0 <= config.data.max_bad < 1:
    raise ValueError(
      f'config.data.max_bad is {config.data.max_bad}; it is the share of '
      'pictures that may be unusable, in [0, 1)'
    )
  if not 0 <= config.data.held_out < 1:
    raise ValueError(
      f'config.data.held_out is {config.data.held_out}; it is the share that '
      'is held out, in [0, 1)'
    )


def check_codes(config):
  if not 1 < config.autoencoder.num_codes <= 65536:
    raise ValueError(
      f'config.autoencoder.num_codes is {config.autoencoder.num_codes}; codes '
      'are kept in 16 bits, so it must be in [2, 65536]'
    )


def check_terms(config):
  options, size = config.autoencoder, config.data.image_size
  for key in ('perceptual', 'adversarial'):
    if not options[key] >= 0:
      raise ValueError(
        f'config.autoencoder.{key} is {options[key]}; it must be at least 0'
      )
  if options.perceptual and size < lpips.SMALLEST:
    raise ValueError(
      f'config.autoencoder.perceptual is {options.perceptual}, but pictures of '
      f'{size} pixels are too small for LPIPS, which needs {lpips.SMALLEST}'
    )


def check_grid(config):
  each = 2 ** len(config.autoencoder.widths) * config.dit.patch
  if config.data.image_size % each:
    raise ValueError(
      f'config.data.image_size is {config.data.image_size}, which is no '
      f'multiple of {each}, the pixels under one patch of latent'
    )


def check_model(config):
  model, variant, size = config.model, config.variant, config.data.image_size
  of = variant.partition('_')[0]
  of = of if of in MODELS else 'dit'
  if model != of:
    raise ValueError(
      f'config.model is {model!r}, but {variant} is a variant of the {of}; '
      'take one of the model, as vae_random or gan_unpruned'
    )
  if model == 'dit':
    return
  widths = tuple(config[model].widths)
  if not widths or any(width < 8 or width % 8 for width in widths):
    raise ValueError(f'config.{model}.widths is {widths}; take multiples of 8')
  if size % 2 ** len(widths):
    raise ValueError(
      f'config.data.image_size is {size}, which cannot be halved as often as '
      f'there are config.{model}.widths, {widths}; take fewer'
    )


def check_bank(config):
  low, high = config.bank.t_min, config.bank.t_max
  if not 0 <= low <= high <= 1:
    raise ValueError(
      f'config.bank.t_min and t_max are {low} and {high}; times go from 0 to 1'
    )
  evaluations, steps = config.surrogate.evaluations, config.surrogate.steps
  if not 2 <= evaluations <= steps:
    raise ValueError(
      f'config.surrogate.evaluations is {evaluations}; it must be from 2 to '
      f'the {steps} steps of the surrogate'
    )


def check_guidance(config):
  if config.sample.guidance_weight != 1 and not config.dit.conditional:
    raise ValueError(
      f'config.sample.guidance_weight is {config.sample.guidance_weight}, but '
      'config.dit.conditional is False: there is no class to guide towards'
    )
  if config.sample.guidance_weight != 1 and config.dit.label_dropout == 0:
    raise ValueError(
      f'config.sample.guidance_weight is {config.sample.guidance_weight}, but '
      'config.dit.label_dropout is 0: the model learns no unlabelled velocity'
    )


JUNK = {
  'min_side': (0, float('inf'), 'pixels of the shorter side'),
  'max_aspect': (1, float('inf'), 'the longer side over the shorter'),
  'min_sharpness': (0, float('inf'), 'a variance'),
  'min_contrast': (0, 127.5, 'a standard deviation of levels of 255'),
  'min_entropy': (0, 8, 'in bits'),
  'max_one_colour': (0, 1, 'a share of the picture'),
  'max_blockiness': (0, 1, 'a share of neighbours'),
}
"""Key of config.junk -> from what to what it may be, and what it is."""


def check_junk(config):
  for key, (low, high, meaning) in JUNK.items():
    value = config.junk[key]
    if not (value == 0 or low <= value <= high):
      at_most = f' and at most {high:g}' if high < float('inf') else ''
      raise ValueError(
        f'config.junk.{key} is {value:g}; it is {meaning}, at least {low}'
        f'{at_most}, or 0 to drop nothing by it'
      )
