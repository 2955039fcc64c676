"""What a configuration's numbers must be beside each other; `limits` has what
each must be alone.
"""

import functools
from itertools import pairwise

from prune_dm_jax.features import lpips
from prune_dm_jax.models import MODELS
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import cld
from prune_dm_jax.run import limits
from prune_dm_jax.run import selections


def checks(config, devices):
  """Each raises ValueError naming the key, its value and what would do."""
  yield functools.partial(limits.check, config)
  yield functools.partial(check_devices, config, devices)
  for one in (
    check_warm_up, check_attention, check_ladder, check_widths, check_terms,
    check_grid, check_model, check_bank, check_differences, check_guidance,
    check_junk, *selections.CHECKS,
  ):  # fmt: skip
    yield functools.partial(one, config)


def value_at(config, key):
  for part in key.split('.'):
    config = config[part]
  return config


def check_devices(config, devices):
  parts = config.runtime.accumulate
  for name in ('train', 'surrogate'):
    size, each = config[name].batch_size, devices * parts
    if parts > 1 and size % each:
      raise ValueError(
        f'config.runtime.accumulate is {parts}, but config.{name}.batch_size is '
        f'{size}, which does not divide into {each}, so many parts on each of '
        f'{devices} devices; take a multiple of {each}'
      )
  for name in ('classifier', 'judge', 'autoencoder', 'train', 'surrogate'):
    size = config[name].batch_size
    if size % devices:
      raise ValueError(
        f'config.{name}.batch_size is {size}, which does not divide among '
        f'{devices} devices; take a multiple of {devices}'
      )


def check_warm_up(config):
  warmup, steps = config.train.warmup, config.train.steps
  if warmup > steps:
    raise ValueError(
      f'config.train.warmup is {warmup}, but config.train.steps is {steps}; take '
      'no more than those'
    )


def check_attention(config):
  """Raises ValueError if attention is asked for that is not in float32."""
  attention, dtype = config.dit.attention, config.dit.dtype
  if attention == 'cudnn' and dtype != 'bfloat16':
    raise ValueError(
      f"config.dit.attention is 'cudnn', which has no {dtype}; take xla, or "
      'config.dit.dtype=bfloat16'
    )


def check_platform(config, platform):
  """Raises ValueError for what the devices have not."""
  if config.dit.attention == 'cudnn' and platform != 'gpu':
    raise ValueError(
      "config.dit.attention is 'cudnn', which is of NVIDIA's GPUs, but the "
      f'devices here are {platform}; take xla'
    )


def check_ladder(config):
  ks = tuple(config.score.inertia_ks)
  if len(ks) < 3 or any(a >= b for a, b in pairwise(ks)):
    raise ValueError(
      f'config.score.inertia_ks is {ks}; it must be three rising numbers of '
      'clusters or more'
    )


def check_widths(config):
  for name in ('autoencoder', 'vae', 'gan'):
    widths = tuple(config[name].widths)
    if any(width % 8 for width in widths):
      raise ValueError(f'config.{name}.widths is {widths}; take multiples of 8')


def check_terms(config):
  options, size = config.autoencoder, config.data.image_size
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
  if size % 2 ** len(widths):
    raise ValueError(
      f'config.data.image_size is {size}, which cannot be halved as often as '
      f'there are config.{model}.widths, {widths}; take fewer'
    )


def check_bank(config):
  low, high = config.bank.t_min, config.bank.t_max
  if low > high:
    raise ValueError(
      f'config.bank.t_min is {low} and config.bank.t_max is {high}, which is '
      'before it; take a later one'
    )
  evaluations, steps = config.surrogate.evaluations, config.surrogate.steps
  if evaluations > steps:
    raise ValueError(
      f'config.surrogate.evaluations is {evaluations}; it must be from 2 to '
      f'the {steps} steps of the surrogate'
    )


def check_differences(config):
  needs, number = (
    METHODS[config.score.method].needs,
    config.surrogate.evaluations,
  )
  if 'held_out_losses' in needs and number < cld.FEWEST:
    raise ValueError(
      f'config.surrogate.evaluations is {number}, of which {config.score.method} '
      f'compares how losses move from one to the next; take {cld.FEWEST} or more'
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
  check_other_weights(config)


def check_other_weights(config):
  """Raises ValueError if samples could not be drawn by another guidance."""
  others = tuple(config.sample.other_weights)
  all_of_them = (config.sample.guidance_weight, *others)
  if others and not (config.dit.conditional and config.dit.label_dropout):
    raise ValueError(
      f'config.sample.other_weights is {others}, but without '
      'config.dit.conditional, or with a label_dropout of 0, nothing guides; take '
      '()'
    )
  if len({f'{w:g}' for w in all_of_them}) < len(all_of_them):
    raise ValueError(
      f'config.sample.other_weights is {others}, beside a guidance_weight of '
      f'{all_of_them[0]:g}; take each once'
    )


JUNK = {
  'min_side': (0, 2**16, 'pixels of the shorter side'),
  'max_aspect': (1, 2**16, 'the longer side over the shorter'),
  'min_sharpness': (0, 1020**2, 'a variance of numbers from -1020 to 1020'),
  'min_contrast': (0, 127.5, 'a standard deviation of levels of 255'),
  'min_entropy': (0, 8, 'in bits'),
  'max_one_colour': (0, 1, 'a share of the picture'),
  'max_blockiness': (0, 1, 'a share of neighbours'),
}
"""Key of config.junk -> from what to what it may be, and what it is."""


def check_junk(config):
  for key, (low, high, meaning) in JUNK.items():
    value = config.junk[key]
    if isinstance(value, bool) or not (value == 0 or low <= value <= high):
      raise ValueError(
        f'config.junk.{key} is {value!r}; it is {meaning}, at least {low} and '
        f'at most {high}, or 0 to drop nothing by it'
      )
