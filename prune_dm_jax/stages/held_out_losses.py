"""Losses at two surrogates, each trained on a half, of its half and of the other's.

What a run holds out judges it, and is not looked at before: each half of what is
trained on is held out for the other.
"""

import functools

import numpy as np

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate

MOST = 4096
"""Pictures of which the mean loss is taken."""


def build(run):
  """Where they are, after the surrogates of halves."""
  surrogate.build_on_halves(run)
  make = functools.partial(write, run)
  return artifacts.build_together(run.paths.held_out_losses, make)


def write(run, folder):
  """losses.npy [E, n, draws], each example at the surrogate of its own half;
  held_out.npy [2, E, draws], means of those held out for each; half.npy [n].
  """
  trained, options = run.paths.half_surrogates, run.config.surrogate
  half = damage.read_array(trained / 'half.npy')
  steps = surrogate.evenly(options.steps, options.evaluations)
  shape = len(steps), len(half), run.config.bank.num_draws
  losses, held_out = np.empty(shape, np.float32), np.empty((2, *shape[::2]))
  call = passes.loss_pass(run)
  for r in range(2):
    others = held_out_of(run, run.train[half != r])
    for e, step in enumerate(steps):
      params = surrogate.params_at(run, trained / str(r), step)
      of = functools.partial(passes.in_parts, run, folder)
      name = f'of half {r} step {step}'
      own = run.train[half == r]
      losses[e, half == r] = of(f'losses {name}', call, params, own)
      held_out[r, e] = of(f'held out {name}', call, params, others).mean(
        axis=0, dtype=float
      )
  passes.finish(folder, losses=losses, held_out=held_out, half=half)


def held_out_of(run, others):
  """At most so many of the other half, drawn."""
  seed = run.config.surrogate.seed
  draw = surrogate.drawn(others, 'held out', seed=seed)
  order = np.argsort(draw, kind='stable')
  return np.sort(others[order[:MOST]])
