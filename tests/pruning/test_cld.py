"""CLD, beside correlations taken one by one."""

import jax
import numpy as np
import pytest

from configs import digits
from prune_dm_jax.pruning import cld
from prune_dm_jax.run import bounds

KEY = jax.random.key(0)
RNG = np.random.default_rng(0)
LOSSES = RNG.normal(size=(6, 20, 3)) ** 2
HELD_OUT = RNG.normal(size=(2, 6, 3)) ** 2
HALF = RNG.permutation(20) % 2


def scores(losses=LOSSES, held_out=HELD_OUT, half=HALF):
  found = dict(losses=losses, held_out=held_out, half=half)
  return cld.scores({'held_out_losses': found}, key=KEY)


def test_it_is_the_mean_correlation_with_what_its_half_was_not_trained_on():
  score, error, group = scores()
  for i in range(20):
    each = [
      np.corrcoef(np.diff(LOSSES[:, i, d]), np.diff(HELD_OUT[HALF[i], :, d]))
      for d in range(3)
    ]
    assert score[i] == pytest.approx(np.mean(each, axis=0)[0, 1], rel=1e-5)
  assert np.isfinite(error).all() and not group.any()


def test_what_moves_as_the_held_out_is_1_and_against_it_minus_1():
  path = HELD_OUT[0][:, None]
  score = scores(np.concatenate([5 * path + 3, 2 - path, 0 * path], axis=1),
                 half=np.zeros(3, int))[0]  # fmt: skip
  np.testing.assert_allclose(score, [1, -1, 0], atol=1e-6)


def test_few_rows_are_in_memory_at_a_time(monkeypatch):
  whole = scores()
  monkeypatch.setattr(cld, 'AT_ONCE', 7)
  np.testing.assert_array_equal(scores()[0], whole[0])


def test_too_few_evaluations_are_refused_before_anything_is_trained():
  config = digits.get_config('cld')
  config.surrogate.evaluations = cld.FEWEST
  bounds.check_differences(config)
  config.surrogate.evaluations = cld.FEWEST - 1
  with pytest.raises(ValueError, match='evaluations is 3, of which cld'):
    bounds.check_differences(config)
  config.score.method = 'monotonicity'
  bounds.check_differences(config)
