import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.pruning import noise_bank

KEY = jax.random.key(3)


def bank(num_draws=8, t_min=0.05, t_max=0.95, key=KEY):
  return noise_bank.bank(key, num_draws=num_draws, t_min=t_min, t_max=t_max)


def test_times_are_one_in_each_stratum():
  times = np.asarray(bank().times)
  stratum = np.floor((times - 0.05) / (0.9 / 8))
  np.testing.assert_array_equal(stratum, np.arange(8))
  assert not np.allclose(times, bank(key=jax.random.key(4)).times)


def test_the_protocol_of_the_paper_is_one_fixed_time():
  np.testing.assert_allclose(bank(1, 0.95, 0.95).times, [0.95], rtol=1e-6)


def test_an_example_meets_the_same_noise_wherever_it_stands():
  index = jnp.array([5, 900, 2])
  noise = noise_bank.noise(bank(), 1, index, (4, 3))
  alone = noise_bank.noise(bank(), 1, jnp.array([900]), (4, 3))
  np.testing.assert_array_equal(noise[1], alone[0])
  assert not np.allclose(noise[0], noise[1])
  other = noise_bank.noise(bank(), 2, index, (4, 3))
  assert not np.allclose(noise, other)


def test_noise_is_standard_normal():
  noise = noise_bank.noise(bank(), 0, jnp.arange(4000), (5,))
  assert abs(noise.mean()) < 0.03 and abs(noise.std() - 1) < 0.03


def test_a_function_is_evaluated_at_every_draw():
  draws = bank()
  function = lambda params, x, y, t, noise: params * t + x[:, 0] + noise[:, 0]
  x, index = jnp.arange(6.0).reshape(3, 2), jnp.array([4, 7, 9])
  got = noise_bank.over_draws(function, draws, 2.0, x, index, index)
  noises = [noise_bank.noise(draws, d, index, (2,))[:, 0] for d in range(8)]
  expected = 2 * draws.times[None] + x[:, :1] + jnp.stack(noises, 1)
  np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_the_error_leaves_out_what_all_examples_share():
  rng = np.random.default_rng(0)
  own, shared = rng.normal(size=(2000, 4)), 100 * rng.normal(size=(1, 4))
  score, error = noise_bank.mean_and_error(own + shared)
  np.testing.assert_allclose(score, (own + shared).mean(axis=1), rtol=1e-5)
  residual = own - own.mean(axis=0)
  expected = np.sqrt(np.var(residual, axis=1, ddof=1) / 4)
  np.testing.assert_allclose(error, expected, rtol=1e-5)


def test_the_error_is_what_another_bank_would_differ_by():
  """A mean of 16 unit draws is off by 1/4."""
  values = np.random.default_rng(0).normal(size=(3000, 16))
  error = noise_bank.mean_and_error(values)[1]
  assert np.sqrt(np.square(error).mean()) == pytest.approx(0.25, rel=0.02)


def test_each_group_has_its_own_common_effect():
  groups = np.arange(1000) % 2
  values = np.random.default_rng(0).normal(size=(1000, 4))
  pushed = values + np.where(groups[:, None] == 1, [[9, 0, -9, 0]], 0)
  plain = noise_bank.mean_and_error(values, groups)[1]
  np.testing.assert_allclose(
    noise_bank.mean_and_error(pushed, groups)[1], plain, rtol=1e-4
  )


def test_one_draw_has_no_error():
  assert np.isnan(noise_bank.mean_and_error(np.ones((3, 1)))[1]).all()
