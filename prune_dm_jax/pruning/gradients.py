"""Ways to squared gradient norms: fast where layers allow it, vmap anywhere."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from prune_dm_jax.pruning import coverage
from prune_dm_jax.pruning import gradient_norms


class Gradients(NamedTuple):
  """check              (loss, params, *batch): ValueError if it will not do
  squared_norms      (loss, params, *batch) -> [B]
  norms_and_gradient (loss, params, weights [B], *batch) -> squared norms [B],
                     gradient of the weighted sum of the losses
  """

  check: Callable
  squared_norms: Callable
  norms_and_gradient: Callable


AT_ONCE = 4
"""Gradients that `vmap` holds at a time."""


def squared_norms_by_vmap(loss, params, *batch):
  """[B] squared norms from whole gradients, AT_ONCE of them in memory."""

  def of_one(example):
    alone = lambda params: loss(params, *(leaf[None] for leaf in example))[0]
    leaves = jax.tree.leaves(jax.grad(alone)(params))
    return sum(jnp.square(leaf.astype(jnp.float32)).sum() for leaf in leaves)

  return jax.lax.map(of_one, batch, batch_size=AT_ONCE)


def norms_and_gradient_by_vmap(loss, params, weights, *batch):
  norms = squared_norms_by_vmap(loss, params, *batch)
  total = lambda params: (weights * loss(params, *batch)).sum()
  return weights * norms, jax.grad(total)(params)


GRADIENTS = {
  'fast': Gradients(
    coverage.check_covered,
    gradient_norms.squared_norms,
    gradient_norms.norms_and_gradient,
  ),
  'vmap': Gradients(
    lambda loss, params, *batch: None,
    squared_norms_by_vmap,
    norms_and_gradient_by_vmap,
  ),
}
