"""Passes that tell how far a step on some pictures moves the loss of others.

What a run holds out judges it, and selects nothing: for scores each half of what is
trained on is held out for the other, as for CLD.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.pruning import influence
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.stages import agreements
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import held_out_losses
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate
from prune_dm_jax.training import apply


def build(run):
  """Where they are, after the surrogates of halves."""
  surrogate.build_on_halves(run)
  make = functools.partial(write, run)
  return artifacts.build_together(run.paths.influences, make)


def write(run, folder):
  """slopes.npy [n, draws], each example at the end of the surrogate of its own
  half, along the gradient of pictures of the other; half.npy [n].
  """
  trained, options = run.paths.half_surrogates, run.config.surrogate
  half = damage.read_array(trained / 'half.npy')
  slopes = np.empty((len(half), run.config.bank.num_draws), np.float32)
  calls = programs(run, options.size)
  for r in range(2):
    others = held_out_losses.held_out_of(run, run.train[half != r])
    params = surrogate.params_at(run, trained / str(r), options.steps)
    moved = sides(run, calls, params, passes.read(run, others), len(others))
    name, own = f'influences on half {1 - r}', run.train[half == r]
    found = passes.in_parts(run, folder, name, calls.slopes, moved, own)
    slopes[half == r] = found
  passes.finish(folder, slopes=slopes, half=half)


class Programs(NamedTuple):
  """gradient, mean: of some pictures; step: to either side; slopes: of any."""

  gradient: Callable
  mean: Callable
  step: Callable
  slopes: Callable


def programs(run, size):
  """The Programs of a DiT of some size."""
  loss = loss_of(run, size)
  return Programs(
    gradient_pass(run, loss),
    agreements.mean_of_sums(run),
    jax.jit(influence.sides, donate_argnums=(0, 1)),
    slope_pass(run, loss),
  )


def loss_of(run, size):
  """The loss of training, in float32: less would round a step away."""
  return dit.loss_of(run, dit.network_of(run, size).clone(dtype='float32'))


def sides(run, calls, params, read, number):
  """influence.sides along the mean gradient of rows read, at all draws."""
  given = params, latents.codebook(run)
  sums = agreements.nothing_on_each(run, params)
  at_once = run.config.runtime.score_batch_size * run.mesh.size
  batches = apply.padded(
    read, number, mesh=run.mesh, batch_size=min(at_once, number)
  )
  for batch, _ in batches:
    for draw in range(run.config.bank.num_draws):
      sums = calls.gradient(given, sums, np.int32(draw), batch)
  return calls.step(params, calls.mean(sums, np.float32(number)))


def slope_pass(run, loss):
  """((the sides, codebook), rows) -> [B, draws] slopes of their losses."""
  return passes.over_bank(run, 'influences', influence.slope(loss))


def gradient_pass(run, loss):
  """(given, sums, draw, rows) -> sums + their gradients, on each device its own."""
  draws = passes.bank(run)

  def local(given, sums, draw, batch):
    params, codes = given
    x, y, index = codes[batch['codes']], batch['label'], batch['index']
    total = lambda params: jnp.vdot(
      batch['weight'],
      noise_bank.at_draw(loss, draws, draw, params, x, y, index),
    )
    gradient = jax.grad(total)(params)
    return jax.tree.map(lambda a, b: a + b[None], sums, gradient)

  return agreements.summing(run, local, 'gradients of held-out')
