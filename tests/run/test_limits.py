"""Every number of every configuration, at values that are typed wrong."""

import functools
import math
import re

import numpy as np
import pytest

from configs import blurred_digits
from configs import celebahq
from configs import digits
from configs import digits_quick
from configs import digits_sweep
from configs import doubled_digits
from configs import emoji
from configs import fashion_mnist
from configs import image_folder
from configs import imagenet
from configs import spoiled_digits
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import bounds
from prune_dm_jax.run import checks
from prune_dm_jax.run import defaults
from prune_dm_jax.run import fits
from prune_dm_jax.run import limits
from prune_dm_jax.run import opening

CONFIGS = (
  blurred_digits, celebahq, digits, digits_quick, digits_sweep, doubled_digits,
  emoji, fashion_mnist, image_folder, imagenet, spoiled_digits,
)  # fmt: skip
TRIED = (-1, 0, math.nan, math.inf, 10**12)

SANE = {
  0: {
    *(key for key, _ in artifacts.flat(digits.get_config().to_dict())
      if key.endswith('seed') or key.startswith('junk.')),
    *(f'score.{key}' for key in defaults.OF_METHODS),
    'prune_ratio', 'data.held_out', 'data.max_bad', 'score.components',
    'select.at_least', 'select.beta', 'select.threshold', 'select.noise_to', 'twins.threshold',
    'bank.t_min', 'autoencoder.blocks',
    'autoencoder.commitment', 'autoencoder.decay', 'autoencoder.dead_below',
    'autoencoder.perceptual', 'autoencoder.adversarial',
    'autoencoder.adversarial_from', 'dit.label_dropout', 'vae.b1', 'vae.b2',
    'vae.beta', 'vae.temperature', 'gan.b1', 'gan.b2', 'gan.gamma',
    'gan.temperature', 'train.ema_decay', 'train.warmup', 'train.dynamic_share',
    'train.dynamic_until', 'sample.guidance_weight', 'sample.other_weights',
    'sample.last_step',
    'runtime.workers',
  },
  -1: {'select.threshold', 'moso.subsets_seed'},
  10**12: {  # Finite in float32; at which step it is too much, training says.
    *(f'{name}.learning_rate'
      for name in ('classifier', 'judge', 'autoencoder', 'vae', 'gan', 'train',
                   'surrogate')),
    'select.threshold',
  },
}  # fmt: skip
"""What of TRIED is taken, and by which keys: 0 is a seed, or turns a term off."""


def is_number(value):
  if isinstance(value, list):
    return all(map(is_number, value))
  return isinstance(value, bool | int | float)


@functools.cache
def numbers():
  """Keys of every number, bool and tuple of numbers in any configuration."""
  found = set()
  for module in CONFIGS:
    leaves = artifacts.flat(module.get_config('random').to_dict())
    found |= {key for key, value in leaves if is_number(value)}
  return sorted(found)


def attempted(config, key, value):
  """The configuration with a value, or a TypeError as the command line has it."""
  old = bounds.value_at(config, key)
  value = (value, *old[1:]) if isinstance(old, tuple) else value
  config.update_from_flattened_dict({key: value})
  return bounds.value_at(config, key)


@pytest.mark.parametrize('value', TRIED)
def test_a_number_is_sane_or_refused_by_key_and_value_before_any_file(
  value, tmp_path, monkeypatch
):
  monkeypatch.setattr(opening, 'open_run', lambda *args, **_: None)
  monkeypatch.setattr(opening, 'check_judge', lambda source, config: None)
  taken = set()
  for key in numbers():
    config = digits.get_config('random')
    config.sample.guidance_weight = 2.0 * (key != 'dit.label_dropout') or 1.0
    try:
      set_to = attempted(config, key, value)
    except TypeError:  # Of another kind: the command line has a sentence.
      continue
    try:
      opening.open_checked(config, tmp_path / 'w', judged=False)
      taken.add(key)
    except ValueError as error:
      said = str(error)
      assert f'config.{key} is {set_to}' in said, said
      assert said.count('\n') == 0
      assert 'must be' in said or 'it is' in said or 'take' in said
  assert taken == SANE.get(value, set())
  assert not (tmp_path / 'w').exists()


def leaves(limits_of, prefix=''):
  for name, limit in limits_of.items():
    if isinstance(limit, dict):
      yield from leaves(limit, f'{prefix}{name}.')
    else:
      yield prefix + name


def test_every_number_has_a_limit():
  config = digits.get_config('random')
  bools = {k for k in numbers() if isinstance(bounds.value_at(config, k), bool)}
  others = {'prune_ratio', *(f'junk.{key}' for key in bounds.JUNK)}
  assert {*leaves(limits.NUMBERS)} | others | bools == set(numbers())


@pytest.mark.parametrize('module', CONFIGS)
def test_the_numbers_of_a_configuration_are_within(module):
  for variant in ('random', 'vae_random', 'cluster_pixels_balanced'):
    limits.check(module.get_config(variant))


KINDS = {
  'seed': True,
  'autoencoder.widths': (8.0,),
  'vae.widths': (),
  'gan.widths': (8, True),
  'score.inertia_ks': (1, 2.5, 3),
}


@pytest.mark.parametrize('key', KINDS)
def test_what_is_no_whole_number_is_refused(key):
  config = digits.get_config('random')
  config.update_from_flattened_dict({key: KINDS[key]})
  with pytest.raises(ValueError, match=rf'config.{key} is \S'):
    checks.check(config, devices=1)


def test_a_ratio_that_follows_from_something_is_not_half_said():
  for ratio in (math.nan, -0.5, 0.0):
    config = digits.get_config('cluster_pixels_balanced')
    config.prune_ratio = ratio
    with pytest.raises(ValueError, match='of cluster_pixels_balanced follows'):
      opening.open_checked(config, 'nowhere', judged=False)


def run_of(train, held_out, **settings):
  config = digits_quick.get_config('moso')
  config.update_from_flattened_dict(settings)
  return opening.Run(
    config=config, train=np.arange(train), held_out=np.arange(held_out),
    **dict.fromkeys(
      ('source', 'thinned', 'paths', 'workdir', 'mesh', 'facts', 'copies',
       'leaked')
    ),
  )  # fmt: skip


MISFITS = {
  ('inertia', 'score.inertia_ks'): (2, 3, 101),
  ('judge', 'score.num_clusters'): 101,
  ('scores', 'moso.num_subsets'): 51,
  ('scores', 'moso.checkpoints'): 5,
  ('evaluate', 'sample.num'): 5,
}


@pytest.mark.parametrize(('stage', 'key'), MISFITS)
def test_a_number_that_does_not_fit_the_set_is_said_at_its_opening(stage, key):
  fits.check(run_of(100, 6), fits.FITS)
  value = MISFITS[stage, key]
  said = re.escape(f'config.{key} is ')
  with pytest.raises(ValueError, match=said):
    fits.check(run_of(100, 6, **{key: value}), [stage])
  fits.check(run_of(100, 6, **{key: value}), {*fits.FITS} - {stage})


def test_too_few_that_are_held_out_cannot_be_judged_by():
  with pytest.raises(ValueError, match='leaves 5 to judge by; 6 are the few'):
    fits.check(run_of(100, 5), ['evaluate'])
