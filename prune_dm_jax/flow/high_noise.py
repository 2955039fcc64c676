"""Times of examples that are used at high noise alone (Ambient Omni: Daras et al.,
2025).

  t ~ p(t given 1 - t >= t_min)

t_min is of that paper's clock, which runs from data to noise; ours, t, runs from
noise to data. p, restricted and normalised again, is drawn by the inverse of its
distribution function, so that no draw is in vain.
"""

import math
import statistics

import jax
import jax.numpy as jnp


def uniform_time(key, t_min):
  return jax.random.uniform(key) * (1 - t_min)


def logit_normal_time(key, t_min):
  last = jax.scipy.special.logit(1 - t_min)
  below = jax.random.uniform(key, minval=1e-7) * jax.scipy.special.ndtr(last)
  t = jax.nn.sigmoid(jax.scipy.special.ndtri(below))
  return jnp.minimum(t, 1 - t_min)


TIMES = {'uniform': uniform_time, 'logit_normal': logit_normal_time}
"""(key, t_min) -> one time, of the same names as those of `path`."""


def logit_normal_share(t_min):
  odds = math.log(1 / t_min - 1) if t_min else math.inf
  return statistics.NormalDist().cdf(odds)


SHARES = {
  'uniform': lambda t_min: 1 - t_min,
  'logit_normal': logit_normal_share,
}
"""t_min -> the share of p's times that such an example is used at."""
