"""Parameters of the published DiT and SiT, under their names, as ours.

The official names are those of facebookresearch/DiT and willisma/SiT: Linear
weights [out, in], the patch embedding a convolution [D, C, p, p], one entry a
block. Ours are Flax's: kernels [in, out], blocks stacked on a leading axis.
"""

import re

import numpy as np

LINEARS = {  # ours: official
  't_embedder_0': 't_embedder.mlp.0',
  't_embedder_2': 't_embedder.mlp.2',
  'final_adaLN': 'final_layer.adaLN_modulation.1',
  'final': 'final_layer.linear',
}
BLOCK_LINEARS = {
  'adaLN': 'adaLN_modulation.1',
  'qkv': 'attn.qkv',
  'proj': 'attn.proj',
  'fc1': 'mlp.fc1',
  'fc2': 'mlp.fc2',
}


def linear(weights, name):
  return {
    'kernel': np.transpose(weights[f'{name}.weight']),
    'bias': np.asarray(weights[f'{name}.bias']),
  }


def patch_embedding(weights):
  """The convolution [D, C, p, p] as a Dense on patches [p*p*C, D]."""
  kernel = weights['x_embedder.proj.weight']
  return {
    'kernel': kernel.transpose(2, 3, 1, 0).reshape(-1, kernel.shape[0]),
    'bias': np.asarray(weights['x_embedder.proj.bias']),
  }


def stacked(weights, depth, name):
  blocks = [linear(weights, f'blocks.{i}.{name}') for i in range(depth)]
  return {k: np.stack([b[k] for b in blocks]) for k in ('kernel', 'bias')}


def from_official(weights):
  """Parameters of `dit.DiT` from a dict of official name -> array."""
  depth = 1 + max(
    int(match[1]) for k in weights if (match := re.match(r'blocks\.(\d+)\.', k))
  )
  params = {ours: linear(weights, name) for ours, name in LINEARS.items()}
  params['x_embedder'] = patch_embedding(weights)
  params['y_embedder'] = {
    'embedding': np.asarray(weights['y_embedder.embedding_table.weight'])
  }
  params['blocks'] = {
    ours: stacked(weights, depth, name) for ours, name in BLOCK_LINEARS.items()
  }
  return params
