import hashlib
import types

import numpy as np
import pytest

from prune_dm_jax.data import identity

KEYS = tuple(f'image-{i}' for i in range(101))


def test_the_split_is_a_partition_of_the_asked_size():
  train, held_out = identity.split(KEYS, held_out=0.2, seed=0)
  assert len(held_out) == 20
  both = np.sort(np.concatenate([train, held_out]))
  np.testing.assert_array_equal(both, np.arange(101))


def test_the_seed_decides_who_is_held_out():
  one = identity.split(KEYS, held_out=0.2, seed=0)[1]
  np.testing.assert_array_equal(
    one, identity.split(KEYS, held_out=0.2, seed=0)[1]
  )
  assert not np.array_equal(one, identity.split(KEYS, held_out=0.2, seed=1)[1])


def test_an_example_more_moves_at_most_one_across_the_split():
  before = identity.split(KEYS, held_out=0.2, seed=0)[1]
  after = identity.split((*KEYS, 'image-x'), held_out=0.2, seed=0)[1]
  moved = set(before.tolist()) ^ set(after[after < 101].tolist())
  assert len(moved) <= 1


@pytest.mark.parametrize('more', [[], ['image-3']])  # There twice.
def test_the_order_is_that_of_the_hashes_in_hexadecimal(more):
  keys = [*KEYS, 'Ü', '', 'a b', *more]
  text = [hashlib.sha256(f'7:{key}'.encode()).hexdigest() for key in keys]
  expected = sorted(range(len(keys)), key=text.__getitem__)
  assert identity.by_hash(keys, 7).tolist() == expected


class Alike:
  """A hash of 32 bytes, whose first 8 are those of all others."""

  def __init__(self, text):
    self.text = text

  def copy(self):
    return Alike(self.text)

  def update(self, text):
    self.text += text

  def digest(self):
    return bytes(8) + hashlib.sha256(self.text).digest()[8:]


def test_hashes_that_begin_alike_are_in_order_of_all_their_bytes(monkeypatch):
  expected = sorted(KEYS, key=lambda key: Alike(f'7:{key}'.encode()).digest())
  alike = types.SimpleNamespace(sha256=Alike)
  monkeypatch.setattr(identity, 'hashlib', alike)
  assert [KEYS[i] for i in identity.by_hash(KEYS, 7)] == expected


LABELS = np.repeat(np.arange(4), [40, 30, 25, 6])


def test_a_long_tail_falls_off_exponentially():
  stay = identity.long_tailed(KEYS, LABELS, imbalance=8, seed=1)
  rank = np.random.default_rng(1).permutation(4)
  expected = np.minimum([40, 20, 10, 5], 40)[rank]
  here = np.minimum(expected, [40, 30, 25, 6])
  np.testing.assert_array_equal(np.bincount(LABELS[stay]), here)
  assert (np.diff(stay) > 0).all()


def test_no_class_is_left_out_of_a_long_tail():
  stay = identity.long_tailed(KEYS, LABELS, imbalance=1e6, seed=0)
  assert set(LABELS[stay]) == {0, 1, 2, 3}


def test_without_imbalance_all_stay():
  stay = identity.long_tailed(KEYS, LABELS, imbalance=1.0, seed=0)
  np.testing.assert_array_equal(stay, np.arange(101))


def test_of_each_class_the_lowest_hashes_stay():
  labels = 3 * np.random.default_rng(0).integers(0, 5, 101) - 1
  stay = identity.long_tailed(KEYS, labels, imbalance=6, seed=2)
  place = np.argsort(identity.by_hash(KEYS, 2))
  for label in np.unique(labels):
    own = np.flatnonzero(labels == label)
    here = np.isin(own, stay)
    assert place[own[here]].max() < place[own[~here]].min(initial=101)


def test_a_milder_tail_holds_every_example_of_a_steeper_one():
  steep, mild = (
    set(identity.long_tailed(KEYS, LABELS, imbalance=i, seed=0))
    for i in (16, 4)
  )
  assert steep < mild


def test_the_fingerprint_tells_order_sizes_and_labels_apart():
  of = lambda *args: identity.fingerprint(*args)
  prints = {
    of('ab', [1, 2], [0, 1]),
    of('ba', [1, 2], [0, 1]),
    of('ab', [2, 1], [0, 1]),
    of('ab', [1, 2], [1, 0]),
  }
  assert len(prints) == 4
  assert of('ab', [1, 2], [0, 1]) in prints
