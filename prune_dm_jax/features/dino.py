"""DINO (Caron et al., 2021) and DINOv2 (Oquab et al., 2024), with registers too.

Under the names of facebookresearch and of Hugging Face. Features are the class
token's, after the last norm; what of LayerScale, registers and gates the weights
have is used. Positions are resized as facebookresearch does it, whatever names
the same weights have.
"""

import functools
import re

import jax

from prune_dm_jax.features import preprocess
from prune_dm_jax.features import vit
from prune_dm_jax.features import vit_names

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

LAYOUT = vit_names.Layout(
  arrays={
    'class_token': 'cls_token',
    'position': 'pos_embed',
    'patch': 'patch_embed.proj.weight',
    'patch_bias': 'patch_embed.proj.bias',
  },
  norms={'norm': 'norm'},
  block='blocks.{}.',
  qkv=('attn.qkv.',),
  linears={'proj': 'attn.proj', 'fc1': 'mlp.fc1', 'fc2': 'mlp.fc2'},
  block_norms={'norm_1': 'norm1', 'norm_2': 'norm2'},
  block_arrays={},
)
HUGGING_FACE = vit_names.Layout(
  arrays={
    'class_token': 'embeddings.cls_token',
    'position': 'embeddings.position_embeddings',
    'patch': 'embeddings.patch_embeddings.projection.weight',
    'patch_bias': 'embeddings.patch_embeddings.projection.bias',
  },
  norms={'norm': 'layernorm'},
  block='encoder.layer.{}.',
  qkv=(
    'attention.attention.query.',
    'attention.attention.key.',
    'attention.attention.value.',
  ),
  linears={
    'proj': 'attention.output.dense',
    'fc1': 'mlp.fc1',
    'fc2': 'mlp.fc2',
  },
  block_norms={'norm_1': 'norm1', 'norm_2': 'norm2'},
  block_arrays={},
)
FIRST_OF_HUGGING_FACE = HUGGING_FACE._replace(  # DINO, as any ViT.
  linears={
    'proj': 'attention.output.dense',
    'fc1': 'intermediate.dense',
    'fc2': 'output.dense',
  },
  block_norms={'norm_1': 'layernorm_before', 'norm_2': 'layernorm_after'},
)
SCALES = {  # what is in the names of a publisher: the names
  '.ls1.': {'scale_1': 'ls1.gamma', 'scale_2': 'ls2.gamma'},
  '.layer_scale1.': {
    'scale_1': 'layer_scale1.lambda1',
    'scale_2': 'layer_scale2.lambda1',
  },
}
GATED = {
  '.w12.': {'proj': 'attn.proj', 'w12': 'mlp.w12', 'w3': 'mlp.w3'},
  '.weights_in.': {
    'proj': 'attention.output.dense',
    'w12': 'mlp.weights_in',
    'w3': 'mlp.weights_out',
  },
}
SUPERFLUOUS = r'(embeddings\.)?mask_token$|pooler\.|(dino_|ibot_)?head\.'


def params_of(weights):
  """Parameters of `vit.features` from a dict of official name -> array."""
  weights = {plain(name): array for name, array in weights.items()}
  return vit_names.gathered(
    weights, layout_of(weights), of='DINO', superfluous=SUPERFLUOUS
  )


def plain(name):
  """Without what a training run put before it, or the chunk of its block."""
  name = re.sub(r'^((teacher|module|backbone)\.)+', '', name)
  return re.sub(r'^blocks\.\d+\.(\d+)\.', r'blocks.\1.', name)


def layout_of(names):
  """The layout that names are of, with what only some of the networks have."""
  has = lambda part: any(part in name for name in names)
  layout = HUGGING_FACE if has('embeddings.') else LAYOUT
  if has('.layernorm_before.'):
    layout = FIRST_OF_HUGGING_FACE
  for name in names:
    if name.endswith('register_tokens'):
      arrays = {**layout.arrays, 'registers': name}
      layout = layout._replace(arrays=arrays)
  for part, arrays in SCALES.items():
    if has(part):
      layout = layout._replace(block_arrays=arrays)
  for part, linears in GATED.items():
    if has(part):
      layout = layout._replace(linears=linears)
  return layout


prepare = functools.partial(preprocess.fitted, short_side=256, crop=224)
"""uint8 [H, W, C] -> uint8 [224, 224, 3], on the host."""


def load(weights):
  """`see`, and its parameters."""
  return see, params_of(weights)


@jax.jit
def see(params, images):
  """uint8 [B, h, w, 3] -> features [B, D], no logits."""
  x = preprocess.normalized(images, MEAN, STD)
  with jax.default_matmul_precision('highest'):
    return vit.features(params, x, vit.DINO), None
