"""Which weights of guidance can be drawn by beside that of the cell."""

import pytest

from configs import digits
from prune_dm_jax.run import checks


@pytest.mark.parametrize(
  ('changed', 'why'),
  [
    ({'sample.other_weights': (1.25,)}, 'guidance_weight of 1.25; take each once'),
    ({'sample.other_weights': (-1.0,)}, 'each must be a number from 0 to 1000'),
    (
      {'sample.other_weights': (1.0,), 'dit.label_dropout': 0.0,
       'sample.guidance_weight': 1.0},
      'nothing guides',
    ),
  ],
)  # fmt: skip
def test_another_guidance_is_one_that_can_be_drawn_by(changed, why):
  config = digits.get_config('random')
  config.sample.other_weights = (1.0, 2.0)
  checks.check(config, devices=1)
  config.update_from_flattened_dict(changed)
  with pytest.raises(ValueError, match=why):
    checks.check(config, devices=1)
