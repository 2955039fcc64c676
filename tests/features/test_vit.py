"""CLIP and DINO against the outputs of the published code, by their own names.

The weights in tests/golden are random and tiny, the names those of the
published files, whose full lists are in tests/golden/keys.

Those of tests/golden/transformers_*.npz hold shapes, from which the weights are
drawn by name (`normal`), and what Dinov2Model, Dinov2WithRegistersModel and
ViTModel of transformers 4.57.6 gave with these on PyTorch's CPU: width 128, two
heads and blocks; `gated` with use_swiglu_ffn, ViTModel with layer_norm_eps 1e-6.
Those of keys/HF-*.json are the same classes' at the published sizes.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.features import clip
from prune_dm_jax.features import dino
from prune_dm_jax.features import vit

TINY_DINO = vit.DINO._replace(head_width=16)
DINO_GOLDEN = ('dino_vit_tiny', 'dinov2_tiny_reg')


def weights_of(arrays):
  return {k[2:]: v for k, v in arrays.items() if k.startswith('w:')}


def check_features(params, x, expected, kind):
  found = vit.features(params, x.transpose(0, 2, 3, 1), kind)
  np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def as_hugging_face(weights):
  """OpenAI's names and orientation as Hugging Face's, one rename at a time."""
  renames = [
    ('class_embedding', 'vision_model.embeddings.class_embedding'),
    ('conv1', 'vision_model.embeddings.patch_embedding'),
    ('ln_pre', 'vision_model.pre_layrnorm'),
    ('ln_post', 'vision_model.post_layernorm'),
    ('transformer.resblocks', 'vision_model.encoder.layers'),
    ('attn', 'self_attn'),
    ('ln_', 'layer_norm'),
    ('c_fc', 'fc1'),
    ('c_proj', 'fc2'),
  ]
  found = {}
  for name, array in weights.items():
    for ours, theirs in renames:
      name = name.replace(ours, theirs)
    if 'in_proj_' in name:
      for letter, part in zip('qkv', np.split(array, 3), strict=True):
        found[name.replace('in_proj_', f'{letter}_proj.')] = part
    else:
      found[name] = array
  embedding = found.pop('positional_embedding')
  found['vision_model.embeddings.position_embedding.weight'] = embedding
  found['visual_projection.weight'] = found.pop('proj').T
  return found


def test_clip_is_the_published_network(golden):
  arrays = golden('clip_vit_tiny')
  params = clip.params_of(weights_of(arrays))
  check_features(params, arrays['x'], arrays['out'], vit.CLIP)


def test_clip_is_the_same_under_the_names_of_hugging_face(golden):
  weights = weights_of(golden('clip_vit_tiny'))
  other = as_hugging_face(weights)
  other['vision_model.embeddings.position_ids'] = np.arange(17)
  jax.tree.map(
    np.testing.assert_array_equal,
    clip.params_of(other),
    clip.params_of(weights),
  )


def test_the_text_network_beside_clip_is_passed_over(golden):
  weights = weights_of(golden('clip_vit_tiny'))
  whole = {f'visual.{k}': v for k, v in weights.items()}
  text = ('transformer.resblocks.0.ln_1.weight', 'token_embedding.weight')
  numbers = ('input_resolution', 'context_length', 'vocab_size')
  others = (*text, *numbers, 'positional_embedding', 'logit_scale')
  whole.update({name: np.zeros(()) for name in others})
  jax.tree.map(
    np.testing.assert_array_equal,
    clip.params_of(whole),
    clip.params_of(weights),
  )


@pytest.mark.parametrize('size', ['', '_interp'])
@pytest.mark.parametrize('name', DINO_GOLDEN)
def test_dino_is_the_published_network_at_two_sizes(golden, name, size):
  arrays = golden(name)
  params = dino.params_of(weights_of(arrays))
  check_features(params, arrays[f'x{size}'], arrays[f'out{size}'], TINY_DINO)


@pytest.mark.parametrize(
  ('name', 'size'),
  [
    ('transformers_dino', ''),
    ('transformers_dinov2', ''),
    ('transformers_dinov2_gated', ''),
    ('transformers_dinov2_registers', ''),
    ('transformers_dinov2_registers', '_interp'),
  ],
)
def test_dino_of_hugging_face_is_the_published_network(
  golden, normal, name, size
):
  """Without registers transformers resizes positions otherwise than DINO."""
  arrays = golden(name)
  shapes = {k[2:]: tuple(v) for k, v in arrays.items() if k.startswith('s:')}
  params = dino.params_of(normal(shapes))
  check_features(params, arrays[f'x{size}'], arrays[f'out{size}'], vit.DINO)


def test_dino_is_the_same_as_a_training_run_keeps_it(golden):
  weights = weights_of(golden('dinov2_tiny_reg'))
  chunked = lambda name: name.replace('blocks.', 'blocks.0.')
  kept = {f'teacher.backbone.{chunked(k)}': v for k, v in weights.items()}
  kept['teacher.dino_head.last_layer.weight'] = np.zeros(())
  jax.tree.map(
    np.testing.assert_array_equal,
    dino.params_of(kept),
    dino.params_of(weights),
  )


@pytest.mark.parametrize(
  ('name', 'module', 'size', 'width'),
  [
    ('OpenAI-CLIP-visual_ViT-B-32', clip, 224, 512),
    ('HF-CLIPVisionModelWithProjection_vit-base-patch32', clip, 224, 512),
    ('DINO_vit_small16', dino, 224, 384),
    ('DINOv2_vits14', dino, 224, 384),
    ('HF-ViTModel_dino-vits8', dino, 224, 384),
    ('HF-Dinov2Model_dinov2-small', dino, 224, 384),
    ('HF-Dinov2Model_dinov2-giant', dino, 224, 1536),
    (
      'HF-Dinov2WithRegistersModel_dinov2-with-registers-small',
      dino,
      224,
      384,
    ),
  ],
)
def test_published_files_are_read_to_the_last_name(
  published, name, module, size, width
):
  weights = {
    name: jax.ShapeDtypeStruct(shape, np.float32)
    for name, shape in published(name).items()
  }
  images = jax.ShapeDtypeStruct((2, size, size, 3), np.uint8)
  see = lambda weights, images: module.see(module.params_of(weights), images)
  features, logits = jax.eval_shape(see, weights, images)
  assert features.shape == (2, width) and logits is None


@pytest.mark.parametrize(
  ('name', 'module', 'of'),
  [('clip_vit_tiny', clip, 'CLIP'), ('dino_vit_tiny', dino, 'DINO')],
)
def test_a_missing_and_an_unknown_name_are_named(golden, name, module, of):
  weights = weights_of(golden(name))
  gone = next(k for k in weights if k.endswith('1.mlp.fc1.bias') or 'ln_2' in k)
  del weights[gone]
  weights['head_of_another.bias'] = np.zeros(3)
  said = f'weights of {of}: {gone} missing, head_of_another.bias not known'
  with pytest.raises(ValueError, match=said):
    module.params_of(weights)


def test_what_is_no_network_at_all_is_refused():
  with pytest.raises(ValueError, match='cls_token.* and 2 more missing'):
    dino.params_of({})


def test_clip_says_at_which_size_it_was_trained(golden):
  weights = weights_of(golden('clip_vit_tiny'))
  see = functools.partial(*clip.load(weights))
  with pytest.raises(ValueError, match='of 40x40, .* trained on 32x32'):
    see(np.zeros((1, 40, 40, 3), np.uint8))
  assert see(np.zeros((1, 32, 32, 3), np.uint8))[0].shape == (1, 16)


def test_a_gated_perceptron_multiplies_by_silu():
  rng = np.random.default_rng(0)
  draw = lambda *shape: rng.normal(size=shape).astype(np.float32)
  block = {
    'w12': {'kernel': draw(4, 6), 'bias': draw(6)},
    'w3': {'kernel': draw(3, 4), 'bias': draw(4)},
  }
  x = draw(1, 2, 4)
  both = x[0] @ block['w12']['kernel'] + block['w12']['bias'][None]
  gate, value = both[:, :3], both[:, 3:]
  hidden = gate / (1 + np.exp(-gate)) * value
  expected = hidden @ block['w3']['kernel'] + block['w3']['bias'][None]
  found = vit.perceptron(jnp.array(x), block, vit.DINO)[0]
  np.testing.assert_allclose(found, expected, atol=1e-5)


def test_gated_weights_are_found_by_their_names(golden):
  """As those of DINOv2's largest network."""
  weights = weights_of(golden('dinov2_tiny_reg'))
  for i in range(2):
    for end in ('weight', 'bias'):
      wide = weights.pop(f'blocks.{i}.mlp.fc1.{end}')
      weights[f'blocks.{i}.mlp.w12.{end}'] = np.concatenate([wide, wide])
      weights[f'blocks.{i}.mlp.w3.{end}'] = weights.pop(
        f'blocks.{i}.mlp.fc2.{end}'
      )
  blocks = dino.params_of(weights)['blocks']
  assert blocks['w12']['kernel'].shape == (2, 48, 384)
  assert blocks['w3']['kernel'].shape == (2, 192, 48)
