"""The map: which stages a run goes through, in which order."""

import types

import pytest

from configs import common
from configs import digits
from prune_dm_jax import stages
from prune_dm_jax.models import MODELS
from prune_dm_jax.stages import sample
from prune_dm_jax.stages import train


def run(variant, file=''):
  config = digits.get_config(variant)
  config.select.file = file
  return types.SimpleNamespace(config=config)


@pytest.mark.parametrize('last', stages.STAGES)
def test_what_a_stage_needs_comes_before_it(last):
  for given in map(run, common.VARIANTS):
    way = stages.way_to(given, last)
    assert way[0] == 'data' and way[-1] == last
    for i, name in enumerate(way):
      assert set(stages.needs(given, name)) <= set(way[:i]), name


@pytest.mark.parametrize(
  ('variant', 'way'),
  [
    ('random', 'data scores select'),
    ('cluster_pixels', 'data features scores select'),
    ('el2n', 'data autoencoder latents surrogate scores select'),
    ('moso', 'data autoencoder latents scores select'),
  ],
)
def test_a_method_asks_for_what_it_needs_and_no_more(variant, way):
  assert stages.way_to(run(variant), 'select') == way.split()


def test_a_list_of_ones_own_asks_for_no_scores():
  given = run('el2n', file='mine.txt')
  assert stages.way_to(given, 'select') == ['data', 'select']


@pytest.mark.parametrize('last', ['train', 'sample'])
def test_a_dit_is_trained_and_sampled_with_latents(last):
  assert 'latents' in stages.way_to(run('random'), last)


def test_a_vae_is_trained_without_latents_and_judged_beside_them():
  assert 'latents' not in stages.way_to(run('vae_random'), 'sample')
  assert 'latents' in stages.way_to(run('vae_random'), 'evaluate')


def test_every_model_is_trained_and_draws():
  assert tuple(train.FITS) == tuple(sample.SAMPLERS) == MODELS
