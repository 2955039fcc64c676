"""The noise that a VAE and a GAN make a picture of."""

import types

import jax.numpy as jnp
import numpy as np
import pytest

from configs import digits
from prune_dm_jax.stages import sample


def drawn(model, temperature):
  """[4, 3] what a network that only hands on its vector makes."""
  config = digits.get_config(f'{model}_random')
  config[model].temperature = temperature
  run = types.SimpleNamespace(config=config)
  draw = sample.in_one_pass(run, lambda params, z, y: z, 3)
  batch = {'index': jnp.arange(4), 'label': jnp.zeros(4, int)}
  return np.asarray(draw({}, batch)[0])


@pytest.mark.parametrize('model', ['vae', 'gan'])
def test_a_temperature_is_the_deviation_of_the_noise(model):
  one = drawn(model, 1.0)
  assert len(np.unique(one)) == 12
  np.testing.assert_array_equal(drawn(model, 2.0), 2 * one)
  np.testing.assert_array_equal(drawn(model, 0.0), 0 * one)
