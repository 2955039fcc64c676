"""Parameters of `vit`, from the names that published weights give them.

A layout is a table of one publisher's names. Linear maps are [out, in] there,
kernels [in, out] here; blocks are numbered there, stacked on a leading axis
here.
"""

import re
from typing import NamedTuple

import jax
import jax.numpy as jnp

from prune_dm_jax.features import weights as weights_lib

ENDS = ('weight', 'bias')


class Layout(NamedTuple):
  """Official names, by ours."""

  arrays: dict
  """Taken as they are."""
  norms: dict
  """Each with a weight and a bias."""
  block: str
  """How the names of a block begin; `{}` is its number."""
  qkv: tuple
  """How the names of queries, keys and values begin, together or apart."""
  linears: dict
  """Of a block, each with a weight and a bias."""
  block_norms: dict
  block_arrays: dict


def names(layout, depth):
  """All official names, with a number of blocks."""
  pair = lambda name: [f'{name}.{end}' for end in ENDS]
  of_block = [f'{start}{end}' for start in layout.qkv for end in ENDS]
  of_block += layout.block_arrays.values()
  for name in (*layout.linears.values(), *layout.block_norms.values()):
    of_block += pair(name)
  found = list(layout.arrays.values())
  for name in layout.norms.values():
    found += pair(name)
  return found + [
    layout.block.format(i) + name for i in range(depth) for name in of_block
  ]


def gathered(weights, layout, *, of, superfluous):
  """Parameters of `vit.features`, float32.

  Args:
    weights: Official name -> array.
    layout: Their names.
    of: The network, for the error that names are missing or left over.
    superfluous: Names that may be left over, matched from their beginning.
  """
  count = depth(weights, layout)
  weights_lib.check_names(
    weights, names(layout, count), of=of, superfluous=superfluous
  )
  take = lambda name: jnp.asarray(weights[name], jnp.float32)
  params = {ours: take(name) for ours, name in layout.arrays.items()}
  for ours, name in layout.norms.items():
    params[ours] = norm(take, name)
  blocks = [block(take, layout, i) for i in range(count)]
  return {**params, 'blocks': stacked(blocks)}


def depth(weights, layout):
  """How many blocks there are, by their highest number."""
  pattern = re.escape(layout.block).replace(r'\{\}', r'(\d+)')
  found = [match for name in weights if (match := re.match(pattern, name))]
  return 1 + max((int(match[1]) for match in found), default=-1)


def block(take, layout, i):
  """Parameters of block i."""
  start = layout.block.format(i)
  take_qkv = lambda end: [take(start + name + end) for name in layout.qkv]
  found = {'qkv': {
    'kernel': jnp.concatenate(take_qkv('weight')).T,
    'bias': jnp.concatenate(take_qkv('bias')),
  }}  # fmt: skip
  for ours, name in layout.linears.items():
    kernel, bias = take(f'{start}{name}.weight').T, take(f'{start}{name}.bias')
    found[ours] = {'kernel': kernel, 'bias': bias}
  for ours, name in layout.block_norms.items():
    found[ours] = norm(take, start + name)
  for ours, name in layout.block_arrays.items():
    found[ours] = take(start + name)
  return found


def norm(take, name):
  return {'scale': take(f'{name}.weight'), 'bias': take(f'{name}.bias')}


def stacked(blocks):
  return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)
