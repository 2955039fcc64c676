"""What is known of every picture, and which are the same."""

import numpy as np

from prune_dm_jax.data import digits
from prune_dm_jax.data import facts
from prune_dm_jax.data import identity


def planted(size=400, copies=200):
  """Hashes [size, 16] of which some are copies of earlier ones."""
  rng = np.random.default_rng(0)
  hashes = rng.integers(0, 256, (size, 16), np.uint8)
  hashes[size - copies :] = hashes[rng.integers(0, size - copies, copies)]
  return hashes


def test_equal_hashes_are_one_group_numbered_as_they_come():
  hashes, seen = planted(), {}
  wanted = [seen.setdefault(bytes(row), len(seen)) for row in hashes]
  assert facts.groups(hashes).tolist() == wanted


def test_hashes_of_equal_beginnings_are_told_apart():
  hashes = planted(8, 0)
  hashes[:, :8] = 1
  assert facts.groups(hashes).tolist() == list(range(8))


def test_no_group_is_on_both_sides_of_the_split_and_the_number_is_exact():
  own = facts.groups(planted())
  keys = [f'{i}' for i in range(len(own))]
  train, out = identity.split(keys, held_out=0.2, seed=0, groups=own)
  assert not set(own[train]) & set(own[out])
  assert len(out) == 80 and len({*train, *out}) == 400


def test_the_split_of_pictures_without_copies_is_that_of_their_keys():
  keys, own = [f'{i}' for i in range(50)], np.arange(50)
  for kept, plain in zip(
    identity.split(keys, held_out=0.3, seed=1, groups=own),
    identity.split(keys, held_out=0.3, seed=1),
    strict=True,
  ):
    np.testing.assert_array_equal(kept, plain)


def test_facts_in_memory_tell_which_arrays_are_equal():
  source = digits.Digits()
  own = facts.groups(facts.of_arrays(source).pixels)
  images = np.stack([source.image(i).ravel() for i in range(len(source))])
  number = len(np.unique(images, axis=0))
  assert own.max() + 1 == number
