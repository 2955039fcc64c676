"""Copies are found by their hashes."""

import numpy as np
import pytest

from prune_dm_jax.data import copies


def drawn(number, kinds=1000, seed=0):
  """Hashes [number, 16], of few kinds, half of which begin alike."""
  rng = np.random.default_rng(seed)
  hashes = np.random.default_rng(7).integers(1, 256, (kinds, 16), np.uint8)
  hashes[::2, :8] = 1
  hashes[1::2, 8:] = 1
  return hashes[rng.integers(0, kinds, number)]


@pytest.mark.parametrize(('n', 'm'), [(500, 400), (1, 1), (0, 3), (3, 0)])
def test_the_first_equal_one_is_found_as_a_loop_finds_it(n, m):
  one, two = drawn(n), drawn(m, seed=1)
  there = [bytes(row) for row in two]
  wanted = [
    there.index(bytes(row)) if bytes(row) in there else -1 for row in one
  ]
  assert copies.first(one, two).tolist() == wanted
  assert n < 500 or {-1} < set(wanted)


def test_an_earlier_one_is_the_first_of_all_that_are_equal():
  hashes = drawn(6)[[0, 1, 0, 2, 0, 1]]
  assert copies.earlier(hashes).tolist() == [-1, -1, 0, -1, 0, 1]
  assert copies.first(hashes, hashes).tolist() == [0, 1, 0, 3, 0, 1]


def test_what_is_not_known_equals_nothing():
  hashes = drawn(3)
  hashes[[0, 2]] = 0
  assert copies.first(hashes, hashes).tolist() == [-1, 1, -1]
  assert copies.earlier(hashes).tolist() == [-1] * 3
