import pytest

from configs import digits
from prune_dm_jax.pruning import junk
from prune_dm_jax.run import checks

BEYOND = {
  'min_side': -1,
  'max_aspect': 0.5,
  'min_sharpness': -0.1,
  'min_contrast': 128.0,
  'min_entropy': 8.5,
  'max_one_colour': 1.5,
  'max_blockiness': -0.2,
}


@pytest.mark.parametrize('key', junk.RULES)
def test_a_rule_for_junk_that_no_picture_can_follow_is_refused(key):
  config = digits.get_config('random')
  config.junk[key] = BEYOND[key]
  said = f'config.junk.{key} is {BEYOND[key]}; it is'
  with pytest.raises(ValueError, match=said):
    checks.check(config, devices=1)
  for value in (0, 1):
    config.junk[key] = type(BEYOND[key])(value)
    checks.check(config, devices=1)
