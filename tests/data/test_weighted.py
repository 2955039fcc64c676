"""Examples that stand in an epoch more or less often than once."""

import collections
import itertools
import pickle

import numpy as np
import pytest

from prune_dm_jax.data import loader
from prune_dm_jax.data import weighted

KEPT = np.array([3, 5, 8, 13, 21, 34, 55, 89])
WEIGHTS = np.array([1, 2, 0.25, 3.5, 1, 0.5, 0.25, 1.5])  # 10 in all.


def read(indices):
  return {'index': np.asarray(indices)}


def order(number, weights=WEIGHTS, **options):
  """The indices of the first batches: [number, b]."""
  given = dict(batch_size=4, seed=0, weights=weights) | options
  batches = loader.batches(KEPT, read, **given)
  return np.stack([b['index'] for b in itertools.islice(batches, number)])


def counts(epoch):
  found = collections.Counter(epoch.tolist())
  return np.array([found[i] for i in KEPT])


def epochs(number, weights=WEIGHTS, **options):
  """[number, M] how often each stands in the first epochs of 10."""
  seen = order(number * 10 // 4, weights, **options).reshape(number, 10)
  return np.array([counts(epoch) for epoch in seen])


def test_each_stands_in_an_epoch_as_often_as_its_weight_rounded_either_way():
  found = epochs(200)
  assert (found >= np.floor(WEIGHTS)).all()
  assert (found <= np.ceil(WEIGHTS)).all()
  assert (found.sum(axis=1) == 10).all()


def test_it_is_its_weight_in_expectation():
  """A part p is drawn with variance p (1 - p) an epoch: 5 deviations."""
  number = 400
  part = WEIGHTS % 1
  apart = 5 * np.sqrt(part * (1 - part) / number)
  assert (abs(epochs(number).mean(axis=0) - WEIGHTS) <= apart).all()


def test_the_chance_of_each_is_its_part_over_all_marks():
  """Over an even grid of the one uniform draw, whatever the permutation."""

  class Marks:
    def __init__(self, u):
      self.u = u

    def permutation(self, x):
      return np.flip(x)

    def random(self):
      return self.u

  grid = (np.arange(1000) + 0.5) / 1000
  rows = [weighted.drawn(WEIGHTS, Marks(u)) for u in grid]
  mean = np.mean([np.bincount(r, minlength=8) for r in rows], axis=0)
  np.testing.assert_allclose(mean, WEIGHTS, atol=1e-9)


def test_only_the_ratio_of_weights_tells():
  """Of 10.4 in all an epoch has 10 places, and each its share of them."""
  many = epochs(400, WEIGHTS * 1.04)
  assert abs(many.mean(axis=0) - WEIGHTS).max() < 0.13
  assert (many <= np.ceil(WEIGHTS)).all()


def test_no_two_halves_exclude_each_other():
  """As neighbours of a half each would, along one order of all epochs."""
  more = (epochs(200) - np.floor(WEIGHTS))[:, WEIGHTS % 1 == 0.5]
  assert more.shape[1] == 3 and (more.T @ more > 0).all()


def test_whole_weights_leave_nothing_to_chance():
  found = epochs(20, np.array([1, 2, 1, 1, 1, 1, 1, 2]))
  assert (found == [1, 2, 1, 1, 1, 1, 1, 2]).all()


def test_the_order_is_another_in_each_epoch_and_of_each_seed():
  seen = order(5).reshape(2, 10)
  assert not np.array_equal(seen[0], seen[1])
  assert not np.array_equal(order(5), order(5, seed=1))
  np.testing.assert_array_equal(order(5), order(5))


def test_a_batch_of_several_epochs_has_all_of_them():
  (batch,) = order(1, np.ones(8), batch_size=24)
  assert (counts(batch) == 3).all()


@pytest.mark.parametrize('start', [1, 3, 101])
def test_a_resume_sees_what_would_have_come(start):
  np.testing.assert_array_equal(order(start + 3)[start:], order(3, start=start))


def test_processes_make_up_the_global_batch():
  parts = [order(7, rows=r) for r in np.arange(4).reshape(2, -1)]
  np.testing.assert_array_equal(np.concatenate(parts, axis=1), order(7))


def test_a_worker_has_the_same_order():
  batches = weighted.Batches(KEPT, WEIGHTS, batch_size=4, seed=0)
  batches[2]
  there = pickle.loads(pickle.dumps(batches))
  found = [there[step] for step in (6, 0, 3)]  # In any order of steps.
  np.testing.assert_array_equal(found, order(7)[[6, 0, 3]])
