"""Times of what is used at high noise alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from prune_dm_jax.flow import high_noise
from prune_dm_jax.flow import path

KEYS = jax.random.split(jax.random.key(0), 20_000)
CDF = {
  'uniform': lambda t: t,
  'logit_normal': lambda t: stats.norm.cdf(np.log(t) - np.log1p(-t)),
}
"""The distribution functions of t, written out."""


def drawn(name, t_min):
  return np.asarray(
    jax.vmap(high_noise.TIMES[name], (0, None))(KEYS, jnp.float32(t_min)),
    np.float64,
  )


def test_both_tables_have_the_times_of_a_configuration():
  assert [*high_noise.TIMES] == [*high_noise.SHARES] == [*path.TIMES] == [*CDF]


@pytest.mark.parametrize('name', CDF)
@pytest.mark.parametrize('t_min', [0.0, 0.3, 0.6, 0.95, 0.999])
def test_times_are_those_of_all_that_are_noisy_enough(name, t_min):
  t = drawn(name, t_min)
  assert (1 - t >= t_min - 1e-7).all()
  share = CDF[name](1 - t_min) if t_min else 1
  restricted = lambda t: CDF[name](np.clip(t, 1e-12, 1 - 1e-12)) / share
  assert stats.kstest(t, restricted).pvalue > 1e-3
  assert high_noise.SHARES[name](t_min) == pytest.approx(share, rel=1e-12)


def objective(seen):
  def loss(params, x, y, t, noise):
    seen.append(t)
    return t

  return path.objective(
    loss, path.uniform_time, latent=lambda batch: batch['x'],
    label_dropout=0.0, null_class=7, high_noise=high_noise.TIMES['uniform'],
  )  # fmt: skip


def times(**batch):
  seen, n = [], 500
  batch = {'x': jnp.zeros((n, 3)), 'label': jnp.zeros(n, int), **batch}
  objective(seen)(None, (), batch, KEYS[:n])
  return np.asarray(seen[0])


def test_each_example_of_a_batch_has_its_own_least_noise():
  t_min = jnp.tile(jnp.array([0.0, 0.5]), 250)
  found, plain = times(t_min=t_min), times()
  np.testing.assert_array_equal(found[::2], plain[::2])
  np.testing.assert_array_equal(found[1::2], plain[1::2] / 2)
