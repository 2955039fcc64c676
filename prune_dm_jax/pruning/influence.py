"""Influence: how far training on one example lowers the loss of others.

The parameters theta take a step along d = G / |G|, G the gradient of the mean loss
of those others over the noise bank, and one against it:

  (l_i(theta + h d) - l_i(theta - h d)) / 2h = <d, g_i> + O(h^2)     at each draw

which is two passes of losses, with no gradient of an example. <G, g_i> is TracIn's
term at one checkpoint (Pruthi et al., 2020). That a step away from a picture tells
by the losses it moves which training pictures it owes itself to is after Wang et al.
(2024), who unlearn a generated one so; they turn the gradient by Fisher information
and move some layers, ours are all of them and plain gradients.

h is STEP of the length of theta: float32 rounds theta to 6e-8 of itself, and what
is left beside <d, g_i> falls with h^2.
"""

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.pruning.gradient_norms import exact

STEP = 1e-4


def length(tree):
  """The Euclidean length of all numbers of a tree."""
  square = lambda leaf: jnp.square(leaf.astype(exact(leaf))).sum()
  return jnp.sqrt(sum(square(leaf) for leaf in jax.tree.leaves(tree)))


def sides(params, gradient, step=STEP):
  """theta + h d, theta - h d and 2h; of a gradient that is 0, theta twice."""
  apart, size = step * length(params), length(gradient)
  scale = jnp.where(size > 0, apart / size, 0)
  moved = lambda sign: jax.tree.map(
    lambda leaf, g: leaf + (sign * scale * g).astype(leaf.dtype),
    params, gradient,
  )  # fmt: skip
  return moved(1), moved(-1), 2 * apart


def slope(loss):
  """(the sides, *batch) -> [B] <d, g_i>, of a loss (params, *batch) -> [B].

  Products are of float32 throughout: less would round a step away.
  """

  def slopes(moved, *batch):
    up, down, apart = moved
    with jax.default_matmul_precision('float32'):
      return (loss(up, *batch) - loss(down, *batch)) / apart

  return slopes


def scores(given, *, key):
  """How far training on an example lowers the loss of pictures that are held out.

  Args:
    given: influences, of which slopes [N, draws], each example at the surrogate of
      its own half, along the gradient of the other half, and half [N].
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, in units of the root mean square of its half; error [N]
    float32, group [N] zeros.
  """
  del key
  slopes, half = (given['influences'][name] for name in ('slopes', 'half'))
  values = np.array(slopes, np.float64)
  for r in np.unique(half):
    own = half == r
    square = np.square(values[own].mean(axis=1)).mean()
    values[own] /= np.sqrt(square) if square else 1
  return noise_bank.scores(values, half)
