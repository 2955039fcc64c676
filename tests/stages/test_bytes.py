"""Pictures cross to the devices as bytes, and are there what they were."""

import jax
import numpy as np
import pytest

from prune_dm_jax.data import images
from prune_dm_jax.stages import fitting

BYTES = np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1)


@pytest.mark.parametrize('call', [fitting.in_unit, jax.jit(fitting.in_unit)])
def test_on_a_device_every_byte_has_the_bits_that_numpy_gives_it(call):
  got = call({'image': BYTES, 'label': np.arange(4)})
  assert got['image'].dtype == np.float32
  np.testing.assert_array_equal(got['image'], images.to_unit(BYTES))
  np.testing.assert_array_equal(got['label'], np.arange(4))


def test_what_is_scaled_already_or_no_picture_stays_as_it_is():
  scaled = {'image': images.to_unit(BYTES)}
  assert fitting.in_unit(scaled) is scaled
  codes = {'codes': BYTES}
  assert fitting.in_unit(codes) is codes


def test_pictures_are_read_as_bytes_and_an_objective_sees_them_scaled():
  read = lambda indices: BYTES[indices]
  rows = fitting.read_pictures(read, np.arange(4), np.array([2, 0]))
  np.testing.assert_array_equal(rows['image'], BYTES[[2, 0]])
  np.testing.assert_array_equal(rows['label'], [2, 0])
  objective = lambda params, extra, batch, keys, more: batch['image'] + more
  seen = fitting.of_bytes(objective)({}, {}, rows, (), 1)
  np.testing.assert_array_equal(seen, images.to_unit(BYTES[[2, 0]]) + 1)
