"""CLIP: the network that sees (Radford et al., 2021), as OpenAI trained it.

Under OpenAI's names, alone or with those of the text network, and under Hugging
Face's. Weights trained by others with another activation are not told apart.
"""

import functools

import jax

from prune_dm_jax.features import preprocess
from prune_dm_jax.features import vit
from prune_dm_jax.features import vit_names

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)

OPENAI = vit_names.Layout(
  arrays={
    'class_token': 'class_embedding',
    'position': 'positional_embedding',
    'patch': 'conv1.weight',
    'projection': 'proj',
  },
  norms={'norm_pre': 'ln_pre', 'norm': 'ln_post'},
  block='transformer.resblocks.{}.',
  qkv=('attn.in_proj_',),
  linears={'proj': 'attn.out_proj', 'fc1': 'mlp.c_fc', 'fc2': 'mlp.c_proj'},
  block_norms={'norm_1': 'ln_1', 'norm_2': 'ln_2'},
  block_arrays={},
)
HUGGING_FACE = vit_names.Layout(
  arrays={
    'class_token': 'vision_model.embeddings.class_embedding',
    'position': 'vision_model.embeddings.position_embedding.weight',
    'patch': 'vision_model.embeddings.patch_embedding.weight',
    'projection': 'visual_projection.weight',
  },
  norms={
    'norm_pre': 'vision_model.pre_layrnorm',  # Spelled so.
    'norm': 'vision_model.post_layernorm',
  },
  block='vision_model.encoder.layers.{}.',
  qkv=('self_attn.q_proj.', 'self_attn.k_proj.', 'self_attn.v_proj.'),
  linears={'proj': 'self_attn.out_proj', 'fc1': 'mlp.fc1', 'fc2': 'mlp.fc2'},
  block_norms={'norm_1': 'layer_norm1', 'norm_2': 'layer_norm2'},
  block_arrays={},
)
TEXT = (
  r'(transformer|token_embedding|ln_final)\.|positional_embedding$|'
  r'text_projection$|logit_scale$|input_resolution$|context_length$|vocab_size$'
)
TEXT_OF_HUGGING_FACE = (
  r'text_model\.|text_projection\.|logit_scale$|.*\.position_ids$'
)


def params_of(weights):
  """Parameters of `vit.features` from a dict of official name -> array."""
  layout, superfluous = layout_of(weights)
  params = vit_names.gathered(
    weights, layout, of='CLIP', superfluous=superfluous
  )
  if layout is HUGGING_FACE:
    params['projection'] = params['projection'].T
  return params


def layout_of(names):
  """The layout that names are of, and what may stand beside them."""
  if any(name.startswith('vision_model.') for name in names):
    return HUGGING_FACE, TEXT_OF_HUGGING_FACE
  if any(name.startswith('visual.') for name in names):
    return of_whole(OPENAI), TEXT
  return OPENAI, 'input_resolution$'


def of_whole(layout, *, start='visual.'):
  """The layout of a file where the network that sees is one of two."""
  begun = lambda table: {ours: start + name for ours, name in table.items()}
  return layout._replace(
    arrays=begun(layout.arrays),
    norms=begun(layout.norms),
    block=start + layout.block,
  )


prepare = functools.partial(preprocess.fitted, short_side=224, crop=224)
"""uint8 [H, W, C] -> uint8 [224, 224, 3], on the host."""


def load(weights):
  """`see`, and its parameters."""
  return see, params_of(weights)


@jax.jit
def see(params, images):
  """uint8 [B, h, w, 3] -> features [B, E], no logits."""
  side = vit.side_of_grid(params) * params['patch'].shape[-1]
  if images.shape[1:3] != (side, side):
    raise ValueError(
      f'pictures are of {images.shape[1]}x{images.shape[2]}, but this CLIP '
      f'was trained on {side}x{side}; prepare them so'
    )
  x = preprocess.normalized(images, MEAN, STD)
  with jax.default_matmul_precision('highest'):
    return vit.features(params, x, vit.CLIP), None
