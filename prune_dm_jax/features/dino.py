"""DINO (Caron et al., 2021) and DINOv2 (Oquab et al., 2024), with registers too.

Under the names of facebookresearch. Features are the class token's, after the
last norm; what of LayerScale, registers and gates the weights have is used.
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
SCALES = {'scale_1': 'ls1.gamma', 'scale_2': 'ls2.gamma'}
GATED = {'proj': 'attn.proj', 'w12': 'mlp.w12', 'w3': 'mlp.w3'}
SUPERFLUOUS = r'mask_token$|(dino_|ibot_)?head\.'


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
  """LAYOUT, with what only some of the networks have."""
  layout = LAYOUT
  if 'register_tokens' in names:
    arrays = {**layout.arrays, 'registers': 'register_tokens'}
    layout = layout._replace(arrays=arrays)
  if any('.ls1.' in name for name in names):
    layout = layout._replace(block_arrays=SCALES)
  if any('.w12.' in name for name in names):
    layout = layout._replace(linears=GATED)
  return layout


prepare = functools.partial(preprocess.fitted, short_side=256, crop=224)
"""uint8 [H, W, C] -> uint8 [224, 224, 3], on the host."""


def load(weights):
  """uint8 [B, h, w, 3] -> features [B, D], no logits."""
  params = params_of(weights)

  @jax.jit
  def apply(images):
    x = preprocess.normalized(images, MEAN, STD)
    with jax.default_matmul_precision('highest'):
      return vit.features(params, x, vit.DINO), None

  return apply
