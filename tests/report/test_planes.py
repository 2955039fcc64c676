"""Features in a plane."""

import numpy as np

from prune_dm_jax.report import planes


def test_a_plane_is_of_the_two_widest_axes():
  x = np.random.default_rng(0).standard_normal((200, 4)) * [1, 9, 0.1, 4]
  seen = planes.plane(x)(x)
  assert abs(np.corrcoef(seen[:, 0], x[:, 1])[0, 1]) > 0.99
  assert abs(np.corrcoef(seen[:, 1], x[:, 3])[0, 1]) > 0.99
  assert planes.scatter(seen, np.arange(200) % 20).startswith('<svg')
