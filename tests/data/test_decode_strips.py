"""A picture is brought to RGB, and put on white, strip by strip."""

import tracemalloc

import numpy as np
import pytest
import test_decode
from photographs import encoded

from prune_dm_jax.data import decode


def test_what_is_see_through_is_on_white_for_every_value_and_opacity():
  value, alpha = np.indices((256, 256)).astype(np.uint8)
  over = np.stack([value, 255 - value, value // 2, alpha], axis=-1)
  got = decode.picture(encoded(over, 'PNG')).astype(float)
  share = over[..., 3:] / 255
  wanted = over[..., :3] * share + 255 * (1 - share)
  assert np.abs(got - wanted).max() <= 0.5 + 1e-6


@pytest.mark.parametrize('name', test_decode.GOOD)
def test_a_picture_by_strips_is_the_picture(name, monkeypatch):
  data = test_decode.GOOD[name]
  whole = decode.picture(data)
  monkeypatch.setattr(decode, 'STRIP', 7 * whole.shape[1])
  np.testing.assert_array_equal(decode.picture(data), whole)


def test_a_large_picture_is_held_twice_at_most():
  over = np.zeros((2000, 2000, 4), np.uint8)
  data = encoded(over, 'PNG')
  ours = 3 * over.size // 4
  tracemalloc.start()
  decode.picture(data)
  peak = tracemalloc.get_traced_memory()[1]
  tracemalloc.stop()
  assert peak < 1.3 * ours  # Pillow holds its own beside.
