"""Threads of BLAS change the order of sums: their 14th digit, and no more."""

import numpy as np
import pytest
import threadpoolctl

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import vendi


@pytest.mark.parametrize('room', [frechet, vendi])
def test_threads_change_no_digit_that_is_read(room):
  rng = np.random.default_rng(0)
  x, y = rng.normal(size=(2, 600, 64)).astype(np.float32)
  given = dict(
    features=x, reference_features=y, reference_moments=frechet.moments(y)
  )
  found = []
  for threads in (1, 2, 1):
    with threadpoolctl.threadpool_limits(threads):
      found.append(room.metric(given))
  assert found[0] == found[2]
  for name, value in found[0].items():
    np.testing.assert_allclose(found[1][name], value, rtol=1e-11)
