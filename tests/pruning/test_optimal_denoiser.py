"""The optimal denoiser of all others, beside its formula in float64."""

import jax
import numpy as np
import pytest

from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.pruning import optimal_denoiser
from prune_dm_jax.training import counts

KEY = jax.random.key(0)
ROWS = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) * 3 + 7
BANK = noise_bank.bank(KEY, **optimal_denoiser.BANK)


def losses(rows=ROWS, index=None, bank=BANK):
  index = np.arange(len(rows)) if index is None else index
  return optimal_denoiser.losses(rows, index, bank)


def by_definition(rows, draw):
  """Each picture's, by the posterior mean of the others, as it is written."""
  f = (rows - rows.mean(axis=0)).astype(float)
  f /= f.std()
  t = float(BANK.times[draw])
  z = noise_bank.noise(BANK, draw, np.arange(len(f)), f.shape[1:])
  found = []
  for i, x in enumerate(t * f + (1 - t) * np.asarray(z, float)):
    others = np.delete(f, i, axis=0)
    density = np.exp(-np.square(x - t * others).sum(1) / (2 * (1 - t) ** 2))
    mean = density @ others / density.sum()
    found.append(np.square(mean - f[i]).mean())
  return found


@pytest.mark.parametrize('draw', range(4))
def test_it_is_the_error_of_the_posterior_mean(draw):
  np.testing.assert_allclose(
    losses()[:, draw], by_definition(ROWS, draw), rtol=1e-3, atol=1e-5
  )


def test_what_it_takes_is_what_its_program_multiplies():
  x, index = jax.numpy.asarray(ROWS), jax.numpy.arange(len(ROWS))
  traced = jax.make_jaxpr(optimal_denoiser.of_rows)(
    x, x[:, 0], BANK, *2 * [index]
  )
  found = counts.products(counts.needed(traced.jaxpr))
  assert found == optimal_denoiser.flops(*ROWS.shape)


def test_of_two_pictures_each_is_taken_for_the_other():
  """Whatever the noise: they are 1 and -1 in units of their deviation."""
  found = losses(np.array([[3.0], [5.0]], np.float32))
  np.testing.assert_allclose(found, 4, rtol=1e-5)


def test_where_all_is_noise_it_is_the_distance_to_the_mean_of_the_others():
  bank = BANK._replace(times=BANK.times * 0 + 1e-4)
  f = optimal_denoiser.scaled(ROWS)
  wanted = np.square(f * 50 / 49).mean(axis=1)
  np.testing.assert_allclose(losses(bank=bank)[:, 0], wanted, rtol=0.02)


def test_where_there_is_none_it_is_the_distance_to_the_nearest():
  bank = BANK._replace(times=BANK.times * 0 + 0.999)
  f = optimal_denoiser.scaled(ROWS)
  apart = np.square(f[:, None] - f[None]).mean(axis=2)
  np.fill_diagonal(apart, np.inf)
  np.testing.assert_allclose(losses(bank=bank)[:, 0], apart.min(1), rtol=1e-4)


def test_what_is_far_from_all_has_the_most_and_a_copy_none_at_the_end():
  rows = ROWS.copy()
  rows[7], rows[9] = rows[3], rows[9] + 40
  given = {'features': rows, 'index': np.arange(50)}
  score, error, group = optimal_denoiser.scores(given, key=KEY, normalize=False)
  assert score.argmax() == 9 and np.isfinite(error).all() and not group.any()
  at_end = losses(rows, bank=BANK._replace(times=BANK.times * 0 + 0.999))[:, 0]
  assert {*np.flatnonzero(at_end < 1e-6)} == {3, 7}


def test_few_weights_are_in_memory_at_a_time(monkeypatch):
  whole = losses()
  monkeypatch.setattr(optimal_denoiser, 'NUMBERS', 3 * 50)
  np.testing.assert_allclose(losses(), whole, rtol=1e-4)


def test_pictures_that_are_all_the_same_have_no_error():
  assert not losses(np.full_like(ROWS, 2)).any()
