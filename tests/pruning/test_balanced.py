import numpy as np

from prune_dm_jax.pruning import balance


def test_every_group_weighs_as_much_as_the_largest_and_no_example_less():
  groups = np.repeat([0, 2, 5], [6, 3, 1])
  weights = balance.balanced(np.ones(10), groups)
  assert weights.tolist() == [1] * 6 + [2] * 3 + [6]


def test_weights_within_a_group_keep_their_ratio():
  groups = np.array([0, 0, 0, 1, 1])
  weights = balance.balanced(np.array([1, 1, 0.5, 1, 0.25]), groups)
  assert weights.tolist() == [1, 1, 0.5, 2, 0.5]


def test_what_is_in_no_group_stays_as_it_is():
  weights = balance.balanced(np.array([1, 1, 0.5, 3]), np.array([4, 4, 1, -1]))
  assert weights.tolist() == [1, 1, 2, 3]
