"""Parameters of the published DiT and SiT, under their names, as ours and back.

The official names are those of facebookresearch/DiT and willisma/SiT: Linear
weights [out, in], the patch embedding a convolution [D, C, p, p], one entry a
block, the fixed positions among them. Ours are Flax's: kernels [in, out],
blocks stacked on a leading axis.
"""

import re

import numpy as np

from prune_dm_jax.models import dit

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
POSITIONS = 'pos_embed'
PATCHES = 'x_embedder.proj'
LABELS = 'y_embedder.embedding_table.weight'


def names(depth):
  """All official names, with a number of blocks."""
  modules = [PATCHES, *LINEARS.values()]
  for i in range(depth):
    modules += [f'blocks.{i}.{name}' for name in BLOCK_LINEARS.values()]
  pairs = [f'{name}.{end}' for name in modules for end in ('weight', 'bias')]
  return [POSITIONS, LABELS, *pairs]


def depth_of(weights):
  """How many blocks there are, by their highest number."""
  found = [re.match(r'blocks\.(\d+)\.', name) for name in weights]
  return 1 + max((int(match[1]) for match in found if match), default=-1)


def check_names(weights):
  """Raises ValueError that names what is missing and what is not known."""
  expected = set(names(depth_of(weights)))
  listed = lambda found: ', '.join(sorted(found)[:4]) or 'nothing'
  missing, unknown = expected - set(weights), set(weights) - expected
  if missing or unknown:
    raise ValueError(
      f'these are not the weights of a DiT: of {len(missing)} missing '
      f'{listed(missing)}; of {len(unknown)} not known {listed(unknown)}'
    )


def check_positions(weights):
  """Raises ValueError if the positions are not the fixed ones, as ours are."""
  _, num_tokens, width = weights[POSITIONS].shape
  expected = dit.position_embedding(round(num_tokens**0.5), width)
  if not np.allclose(weights[POSITIONS][0], expected, atol=1e-5):
    raise ValueError(
      f'{POSITIONS} is not the fixed embedding of sines and cosines; a DiT '
      'with positions of its own cannot be read'
    )


def linear(weights, name):
  return {
    'kernel': np.transpose(weights[f'{name}.weight']),
    'bias': np.asarray(weights[f'{name}.bias']),
  }


def patch_embedding(weights):
  """The convolution [D, C, p, p] as a Dense on patches [p*p*C, D]."""
  kernel = weights[f'{PATCHES}.weight']
  return {
    'kernel': kernel.transpose(2, 3, 1, 0).reshape(-1, kernel.shape[0]),
    'bias': np.asarray(weights[f'{PATCHES}.bias']),
  }


def stacked(weights, depth, name):
  blocks = [linear(weights, f'blocks.{i}.{name}') for i in range(depth)]
  return {k: np.stack([b[k] for b in blocks]) for k in ('kernel', 'bias')}


def from_official(weights):
  """Parameters of `dit.DiT` from a dict of official name -> array."""
  check_names(weights)
  check_positions(weights)
  depth = depth_of(weights)
  params = {ours: linear(weights, name) for ours, name in LINEARS.items()}
  params['x_embedder'] = patch_embedding(weights)
  params['y_embedder'] = {'embedding': np.asarray(weights[LABELS])}
  params['blocks'] = {
    ours: stacked(weights, depth, name) for ours, name in BLOCK_LINEARS.items()
  }
  return params


def without_sigma(params, *, channels):
  """The same, but for the channels of the output beyond the first.

  The published ones learn a sigma beside each; a velocity has none.
  """
  kernel, bias = (np.asarray(params['final'][k]) for k in ('kernel', 'bias'))
  cut = lambda a: a.reshape(*a.shape[:-1], -1, 2 * channels)[..., :channels]
  patch = params['x_embedder']['kernel'].shape[0] // channels
  if bias.size != 2 * channels * patch:
    return params
  final = {
    'kernel': cut(kernel).reshape(kernel.shape[0], -1),
    'bias': cut(bias).reshape(-1),
  }
  return {**params, 'final': final}


def to_official(params, *, rows, patch):
  """Official name -> array, of parameters of `dit.DiT`.

  Args:
    params: Of any DiT.
    rows: Patches along a side of its latent, which its positions are of.
    patch: Side of a patch.
  """
  weights = {LABELS: np.asarray(params['y_embedder']['embedding'])}
  width = weights[LABELS].shape[1]
  weights[POSITIONS] = dit.position_embedding(rows, width)[None]
  kernel = np.asarray(params['x_embedder']['kernel'])
  kernel = kernel.reshape(patch, patch, -1, width).transpose(3, 2, 0, 1)
  weights[f'{PATCHES}.weight'] = kernel
  weights[f'{PATCHES}.bias'] = np.asarray(params['x_embedder']['bias'])
  for ours, name in LINEARS.items():
    weights.update(official_linear(params[ours], name))
  for ours, name in BLOCK_LINEARS.items():
    several = params['blocks'][ours]
    for i in range(len(several['bias'])):
      block = {k: v[i] for k, v in several.items()}
      weights.update(official_linear(block, f'blocks.{i}.{name}'))
  return weights


def official_linear(params, name):
  return {
    f'{name}.weight': np.transpose(params['kernel']),
    f'{name}.bias': np.asarray(params['bias']),
  }
