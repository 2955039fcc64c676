"""What a selection may ask of a method, and of a model."""

import pytest

from configs import digits
from prune_dm_jax.run import checks


@pytest.mark.parametrize(
  ('variant', 'key', 'value', 'said'),
  [
    ('vae_random', 'pruned', 'high_noise', 'a vae is trained at no noise'),
    ('random', 'balance', 'cluster', 'the method random has no clusters'),
  ],
)
def test_what_a_selection_has_not_is_refused(variant, key, value, said):
  config = digits.get_config(variant)
  config.select[key] = value
  with pytest.raises(
    ValueError, match=f"config.select.{key} is '{value}'"
  ) as e:
    checks.check(config, devices=1)
  assert said in str(e.value)
  config.update(digits.get_config('cluster_pixels'))
  config.select[key] = value
  checks.check(config, devices=1)


@pytest.mark.parametrize(
  ('key', 'value'),
  [('pruned', 'low_noise'), ('noise_from', 1.0), ('balance', 'label')],
)
def test_a_value_that_says_nothing_is_refused(key, value):
  config = digits.get_config('random')
  config.select[key] = value
  with pytest.raises(ValueError, match=f'config.select.{key} is {value!r}'):
    checks.check(config, devices=1)
