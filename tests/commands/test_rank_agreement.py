"""What rank agreement means, and its table."""

import numpy as np

from prune_dm_jax.commands import rank_agreement

SCORES = np.random.default_rng(0).normal(size=40)


def test_agreement_is_of_ranks_alone():
  agree = rank_agreement.spearman
  assert agree(SCORES, np.exp(SCORES)) == 1 and agree(SCORES, -SCORES) == -1
  swapped = agree(np.array([1, 2, 3, 4]), np.array([1, 2, 4, 3]))
  np.testing.assert_allclose(swapped, 1 - 6 * 2 / (4 * 15))  # Spearman, 1904.


def test_what_two_scores_keep_of_half():
  both = lambda a, b: rank_agreement.kept_by_both(a, b, keep='high')
  assert both(SCORES, SCORES) == 1 and both(SCORES, -SCORES) == 0
  assert both(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4])) == 0.5
