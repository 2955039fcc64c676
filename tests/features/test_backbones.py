"""Every row of BACKBONES keeps the promises of features/__init__.py."""

import functools
import re

import constants
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import SELECTING
from prune_dm_jax.features import check_file
from prune_dm_jax.features import classifier

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), np.uint8)


PUBLISHED = {  # backbone: file
  'clip': 'OpenAI-CLIP-visual_ViT-B-32',
  'dino': 'DINO_vit_small16',
  'lite0': 'EfficientNet-Lite0',
  'inception': 'FID_InceptionV3_pt_inception-2015-12-05',
}
FIRST_BLOCK = re.compile(r'(?!(transformer\.res)?blocks\.([1-9]|1\d)\.)')


@pytest.fixture
def weights(published, normal, narrow_vgg):
  """Backbone -> what it loads, of a transformer the first block alone."""

  def of(name):
    if name == 'vgg16':
      return narrow_vgg
    if name in PUBLISHED:
      shapes = published(PUBLISHED[name]).items()
      return normal({k: v for k, v in shapes if FIRST_BLOCK.match(k)})
    if name not in NETWORKS:
      return None
    network = NETWORKS[name](10)
    example = jnp.zeros((1, 16, 16, 1))
    params = jax.jit(network.init)(jax.random.key(0), example)['params']
    return classifier.Weights(network, params)

  return of


@pytest.mark.parametrize('name', BACKBONES)
def test_it_maps_pictures_to_features_one_by_one(weights, name):
  backbone = BACKBONES[name]
  apply = functools.partial(*backbone.load(weights(name)))
  images = np.stack([backbone.prepare(image) for image in IMAGES])
  features, logits = apply(images)
  scale = np.abs(features).max()
  assert features.shape[0] == 3 and features.ndim == 2
  assert name not in PUBLISHED or features.shape[1] == backbone.width
  assert logits is None or logits.shape[0] == 3 and logits.ndim == 2
  assert np.abs(features[0] - features[1]).max() > 1e-4 * scale
  by_itself = apply(images[[2, 2, 2]])[0][:1]
  np.testing.assert_allclose(by_itself, features[2:3], atol=1e-5 * scale)


@pytest.mark.parametrize('name', BACKBONES)
def test_what_it_sees_is_colour_where_its_weights_are_of_others(name):
  for channels in (1, 3):
    image = np.zeros((20, 30, channels), np.uint8)
    seen = BACKBONES[name].prepare(image)
    assert seen.dtype == np.uint8
    assert seen.shape[-1] == (3 if BACKBONES[name].file else channels)


@pytest.mark.parametrize(
  'name', [name for name, row in BACKBONES.items() if row.file]
)
def test_published_networks_multiply_in_float32_on_any_device(weights, name):
  """Where float32 products are of fewer bits, as on GPUs, unless asked for."""
  backbone = BACKBONES[name]
  image = backbone.prepare(IMAGES[0])[None]
  see, params = backbone.load(weights(name))
  text = str(jax.make_jaxpr(see)(params, image))
  assert 'HIGHEST' in text and 'precision=None' not in text


@pytest.mark.parametrize('name', BACKBONES)
def test_its_parameters_are_no_constants_of_a_program(weights, name):
  """Two matrices are, by which Inception resizes a picture."""
  see, params = BACKBONES[name].load(weights(name))
  image = BACKBONES[name].prepare(IMAGES[0])[None]
  text = jax.jit(see).lower(params, image).as_text()
  assert constants.captured(text).keys() <= {'299x16xf32'}


def test_each_published_network_has_a_file_of_its_own():
  files = [row.file for row in BACKBONES.values() if row.file]
  assert len(set(files)) == len(files) == 5
  assert all(file.endswith('.safetensors') for file in files)


@pytest.mark.parametrize(
  'name', [name for name, row in BACKBONES.items() if row.file]
)
def test_a_missing_file_is_named_with_what_brings_it(name, tmp_path):
  path = tmp_path / BACKBONES[name].file
  with pytest.raises(ValueError) as error:
    check_file(name, path)
  fetches = f'`prune-dm fetch {name} --weights={tmp_path}` fetch'
  on_the_hub = name in ('clip', 'dino', 'vgg16')
  assert (fetches in str(error.value)) == on_the_hub
  made_of = f'convert SOURCE {path}` makes it, SOURCE being'
  assert f'{made_of} {BACKBONES[name].source}' in str(error.value)


def test_what_is_on_the_hub_is_known_by_its_commit():
  found = [row.hub for row in BACKBONES.values() if row.hub]
  assert all(re.fullmatch('[0-9a-f]{40}', hub.revision) for hub in found)
  assert len({hub.repository for hub in found}) == len(found) == 3


def test_the_judge_may_not_select():
  assert 'judge' not in SELECTING
  assert {*SELECTING} - {GIVEN} < {*BACKBONES}


def test_the_judge_is_another_network_than_the_classifier():
  example = jnp.zeros((1, 16, 16, 1))
  of = lambda name: jax.eval_shape(
    NETWORKS[name](10).init, jax.random.key(0), example
  )
  assert of('judge') != of('classifier')


def test_pixels_are_the_picture_between_minus_one_and_one():
  see, params = BACKBONES['pixels'].load(None)
  features, logits = see(params, IMAGES)
  assert logits is None
  expected = IMAGES.reshape(3, -1) / 127.5 - 1
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
