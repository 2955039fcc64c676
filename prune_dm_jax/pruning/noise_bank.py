"""The noise bank: the same times and noises for every example, at every look.

One random draw of (t, noise) would dominate a score, so scores are means over
a bank of draws. Times are shared by all examples and stratified:

  t_d = t_min + (d + u_d) / num_draws * (t_max - t_min),   u_d ~ U(0, 1)

Noise is drawn by fold_in(fold_in(key, draw), example index): an example meets
the same one wherever it stands, on any number of devices, at every evaluation.
The paper's protocol is one draw at t_min = t_max = 0.95.
"""

from typing import Any
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np


class Bank(NamedTuple):
  key: Any
  times: Any
  """[draws], ascending."""


def bank(key, *, num_draws, t_min, t_max):
  for_times, for_noise = jax.random.split(key)
  within = jax.random.uniform(for_times, (num_draws,))
  strata = (jnp.arange(num_draws) + within) / num_draws
  return Bank(for_noise, t_min + strata * (t_max - t_min))


def noise(bank, draw, index, shape):
  """[B] example indices -> [B, *shape] noise of one draw."""
  key = jax.random.fold_in(bank.key, draw)
  of = lambda i: jax.random.normal(jax.random.fold_in(key, i), shape)
  return jax.vmap(of)(index)


def at_draw(function, bank, draw, params, x, y, index):
  """function(params, x, y, t, noise) at one draw, x [B, ...], y and index [B]."""
  t = jnp.full(x.shape[:1], bank.times[draw])
  return function(params, x, y, t, noise(bank, draw, index, x.shape[1:]))


def over_draws(function, bank, params, x, y, index):
  """[B, draws] of a function that gives [B], a draw at a time."""
  at = lambda draw: at_draw(function, bank, draw, params, x, y, index)
  return jax.lax.map(at, jnp.arange(len(bank.times))).T


def scores(values, groups=None):
  """score, error and group (zeros: there are none) of values [N, draws]."""
  score, error = mean_and_error(values, groups)
  return score, error, np.zeros(len(score), np.int32)


def mean_and_error(values, groups=None):
  """Mean over the bank, and its standard error.

  The error is the standard deviation over draws of what is left of an example's
  values when the mean over all examples (of its group) is taken from each draw,
  over the root of their number: the common effect of t drops out.

  Args:
    values: [N, draws].
    groups: [N] int; whose mean is taken from each draw, by default everyone's.

  Returns:
    score [N] float32, error [N] float32, NaN for one draw.
  """
  values = np.asarray(values, np.float64)
  groups = np.zeros(len(values), int) if groups is None else groups
  mean, draws = values.mean(axis=1), values.shape[1]
  if draws == 1:
    return mean.astype(np.float32), np.full(len(mean), np.nan, np.float32)
  centered = values.copy()
  for group in np.unique(groups):
    centered[groups == group] -= values[groups == group].mean(axis=0)
  error = centered.std(axis=1, ddof=1) / np.sqrt(draws)
  return mean.astype(np.float32), error.astype(np.float32)
