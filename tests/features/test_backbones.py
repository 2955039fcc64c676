"""Every row of BACKBONES keeps the promises of features/__init__.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import SELECTING
from prune_dm_jax.features import classifier

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 1), np.uint8)


def weights(name):
  if name not in NETWORKS:
    return None
  network = NETWORKS[name](10)
  example = jnp.zeros((1, 16, 16, 1))
  params = jax.jit(network.init)(jax.random.key(0), example)['params']
  return classifier.Weights(network, params)


@pytest.mark.parametrize('name', BACKBONES)
def test_it_maps_pictures_to_features_one_by_one(name):
  apply = BACKBONES[name](weights(name))
  features, logits = apply(IMAGES)
  assert features.shape[0] == 5 and features.ndim == 2
  assert logits is None or logits.shape == (5, 10)
  np.testing.assert_allclose(apply(IMAGES[2:3])[0], features[2:3], atol=1e-5)


def test_the_judge_may_not_select():
  assert 'judge' not in SELECTING and set(SELECTING) < set(BACKBONES)


def test_the_judge_is_another_network_than_the_classifier():
  example = jnp.zeros((1, 16, 16, 1))
  of = lambda name: jax.eval_shape(
    NETWORKS[name](10).init, jax.random.key(0), example
  )
  assert of('judge') != of('classifier')


def test_pixels_are_the_picture_between_minus_one_and_one():
  features, logits = BACKBONES['pixels'].load(None)(IMAGES)
  assert logits is None
  expected = IMAGES.reshape(5, -1) / 127.5 - 1
  np.testing.assert_allclose(features, expected, atol=1e-6)


def test_a_disturbed_picture_is_moved_by_whole_pixels():
  picture = jax.random.normal(jax.random.key(0), (8, 8, 1))
  keys = jax.random.split(jax.random.key(1), 64)
  wide = np.pad(picture, ((2, 2), (2, 2), (0, 0)), mode='edge')
  windows = [wide[i : i + 8, j : j + 8] for i in range(5) for j in range(5)]
  seen = set()
  for key in keys:
    moved = classifier.disturbed(key, picture, noise=0.0)
    equal = [k for k, w in enumerate(windows) if np.array_equal(w, moved)]
    assert equal
    seen.update(equal)
  assert len(seen) > 15
