"""The names of published DiTs, there and back; outputs are in test_dit.py."""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import dit
from prune_dm_jax.models import official_dit

KEYS = pathlib.Path(__file__).parents[1] / 'golden' / 'keys'
PUBLISHED = {  # file: channels, output channels, rows of labels
  'DiT-XL-2_256_learnsigma': (4, 8, 1001),
  'paper_ImageNet_DiT-XL-2_in8_nosigma': (8, 8, 1001),
  'paper_CelebA_DiT-XL-2_in4_nosigma_nclass1': (4, 4, 1),
}


def published(file):
  """Official name -> zeros that take no memory; positions as they are."""
  shapes = json.loads((KEYS / f'{file}.json').read_text())['keys']
  weights = {k: np.broadcast_to(np.int8(0), v) for k, v in shapes.items()}
  weights['pos_embed'] = dit.position_embedding(16, 1152)[None]
  return weights


def tiny(golden):
  arrays = golden('sit_tiny_learnsigma1')
  return {k[2:]: v for k, v in arrays.items() if k.startswith('w:')}


@pytest.mark.parametrize('file', PUBLISHED)
def test_published_files_have_the_names_of_an_xl(file):
  weights = published(file)
  official_dit.check_names(weights)
  assert official_dit.depth_of(weights) == dit.SIZES['XL']['depth']


@pytest.mark.parametrize('file', PUBLISHED)
def test_an_xl_is_of_their_shapes(file):
  """Its first block alone, as 28 would fill the memory."""
  channels, out_channels, labels = PUBLISHED[file]
  weights = {
    name: array
    for name, array in published(file).items()
    if not name.startswith('blocks.') or name.startswith('blocks.0.')
  }
  network = dit.DiT(
    **(dit.SIZES['XL'] | {'depth': 1}), patch=2, null_class=labels > 1,
    num_classes=max(labels - 1, 1), out_channels=out_channels,
  )  # fmt: skip
  example = jnp.zeros((1, 32, 32, channels)), jnp.zeros(1), jnp.zeros(1, int)
  fresh = jax.eval_shape(network.init, jax.random.key(0), *example)['params']
  shapes = lambda tree: jax.tree.map(lambda leaf: leaf.shape, tree)
  assert shapes(official_dit.from_official(weights)) == shapes(fresh)


def test_there_and_back_is_the_same_to_the_bit(golden):
  weights = tiny(golden)
  params = official_dit.from_official(weights)
  back = official_dit.to_official(params, rows=4, patch=2)
  assert back.keys() == weights.keys()
  for name, array in weights.items():
    assert back[name].dtype == array.dtype
    np.testing.assert_array_equal(back[name], array, err_msg=name)


def test_a_missing_and_an_unknown_name_are_named(golden):
  weights = tiny(golden)
  weights['blocks.1.attn.q_norm.weight'] = weights.pop('blocks.1.mlp.fc1.bias')
  said = '1 missing blocks.1.mlp.fc1.bias; of 1 not known blocks.1.attn.q_norm'
  with pytest.raises(ValueError, match=said):
    official_dit.from_official(weights)


def test_positions_of_its_own_are_refused(golden):
  weights = tiny(golden)
  weights['pos_embed'] = weights['pos_embed'] + 0.01
  with pytest.raises(ValueError, match='pos_embed is not the fixed embedding'):
    official_dit.from_official(weights)


def test_without_sigma_the_velocity_is_what_it_was(golden):
  """The first channels of the output, by a network that has no others."""
  params = official_dit.from_official(tiny(golden))
  x = golden('sit_tiny_learnsigma1')['x'].transpose(0, 2, 3, 1)
  t, y = (golden('sit_tiny_learnsigma1')[name] for name in 'ty')
  network = lambda channels: dit.DiT(
    depth=2,
    width=48,
    heads=3,
    patch=2,
    num_classes=5,
    null_class=True,
    out_channels=channels,
  )
  both = network(8).apply({'params': params}, x, t, y)
  cut = official_dit.without_sigma(params, channels=4)
  alone = network(4).apply({'params': cut}, x, t, y)
  np.testing.assert_allclose(alone, both[..., :4], atol=1e-5)
  again = official_dit.without_sigma(cut, channels=4)
  assert again['final']['bias'].shape == cut['final']['bias'].shape == (16,)
