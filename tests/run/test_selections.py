"""What a selection may ask of a method, and of a model."""

import pytest

from configs import digits
from prune_dm_jax.run import checks
from prune_dm_jax.run import selections


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


@pytest.mark.parametrize(
  ('others', 'said'),
  [
    ({'noise_from': 0.7}, 'from config.select.noise_from=0.7 on'),
    ({'file': 'mine.txt'}, 'the list mine.txt has no scores'),
  ],
)
def test_noise_by_score_needs_an_end_above_its_beginning_and_scores(
  others, said
):
  config = digits.get_config('random')
  config.select.update(pruned='high_noise', noise_to=0.6, **others)
  with pytest.raises(ValueError, match='config.select.noise_to is 0.6') as e:
    selections.check_noise(config)
  assert said in str(e.value)
  config.select.noise_to = 0.0
  selections.check_noise(config)
