"""Cells: what is said of them."""

import numpy as np

from prune_dm_jax import cells


def test_balancing_by_a_tiny_cluster_is_warned_of_with_the_remedy(caplog):
  cells.warn_of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 37, 3]))
  (warning,) = caplog.messages
  assert warning.startswith(
    'only 9 of 100 examples are kept, as the smallest of 3 clusters has 3;'
  )
  assert 'waterfill' in warning
  caplog.clear()
  cells.warn_of_a_tiny_cluster(np.repeat([0, 1, 2], [60, 36, 4]))
  assert not caplog.messages
