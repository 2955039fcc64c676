"""Principal components against numpy's own singular value decomposition."""

import functools
import itertools
import time

import jax
import numpy as np
import pytest
from sklearn.datasets import make_blobs

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import components

RNG = np.random.default_rng(0)
PLAIN = functools.partial(cluster.prepared, normalize=False)
FALL = 0.8 ** np.arange(60)
"""Deviations along hidden directions."""

X = (
  RNG.normal(size=(200, 60)) * FALL @ np.linalg.qr(RNG.normal(size=(60, 60)))[0]
)
X = np.asarray(X + 3, np.float32)


def reduced(x, number, seed=0, prepare=PLAIN, counter=cluster.silent):
  return components.reduced(
    x, number, seed=seed, prepare=prepare, counter=counter
  )


def exact(x, number):
  """[N, number] by numpy's SVD of all of it."""
  x = np.asarray(x, np.float64)
  u, s, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
  return u[:, :number] * s[:number]


def products(z):
  """[N, N]: equal for what is turned or mirrored alone."""
  z = np.asarray(z, np.float64)
  return z @ z.T


@pytest.fixture(params=['covariance', 'iterated'])
def way(request, monkeypatch):
  """Both ways, in passes of a few rows."""
  monkeypatch.setattr(components, 'NUMBERS', 60 * 7)
  if request.param == 'iterated':
    monkeypatch.setattr(components, 'WIDE', 1)


@pytest.mark.parametrize('number', [1, 5, 30])
def test_components_are_those_of_a_singular_value_decomposition(way, number):
  np.testing.assert_allclose(
    products(reduced(X, number)), products(exact(X, number)), atol=2e-3
  )


def test_as_many_components_as_rows_keep_all_distances(way):
  few = X[:9]
  apart = products(few - few.mean(axis=0))
  np.testing.assert_allclose(products(reduced(few, 40)), apart, atol=1e-3)


def test_the_same_seed_gives_the_same_bits(way):
  np.testing.assert_array_equal(reduced(X, 5, 3), reduced(X, 5, 3))


def test_blocks_that_end_in_any_order_come_in_theirs(monkeypatch):
  monkeypatch.setattr(components, 'THREADS', 4)
  monkeypatch.setattr(components, 'NUMBERS', 60 * 7)
  waits = itertools.cycle([3, 0, 2, 1])

  def slow(rows):  # Who begins first is done last.
    time.sleep(0.01 * next(waits))
    return rows[0].copy()

  told = []
  found = list(components.each(X, PLAIN, told.append, 2, slow))
  assert [first for first, _ in found] == list(range(0, 200, 7))
  for first, row in found:
    np.testing.assert_array_equal(row, X[first])
  assert told == [400 + min(first + 7, 200) for first, _ in found]


def test_rows_on_disk_are_the_rows_that_are_named(tmp_path, way):
  np.save(tmp_path / 'x.npy', X)
  index = np.flatnonzero(np.arange(200) % 3)
  rows = components.Rows(np.load(tmp_path / 'x.npy', mmap_mode='r'), index)
  np.testing.assert_array_equal(reduced(rows, 5), reduced(X[index], 5))
  np.testing.assert_array_equal(np.asarray(rows), X[index])


def test_equal_rows_have_components_of_zero(way):
  assert not reduced(np.ones((20, 60), np.float32), 3).any()


def test_it_counts_every_row_of_every_pass(way):
  told, sizes = [], []
  counter = lambda name, size: sizes.append(size) or told.append
  reduced(X, 5, counter=counter)
  assert told == sorted(told) and told[-1] == sizes[0]
  assert len(told) % 29 == 0  # Of seven rows each.


def test_rows_are_made_of_length_one_before_they_are_reduced(way):
  prepare = functools.partial(cluster.prepared, normalize=True)
  unit = X / np.linalg.norm(X, axis=1, keepdims=True)
  np.testing.assert_allclose(
    products(reduced(X, 4, prepare=prepare)),
    products(exact(unit, 4)),
    atol=1e-5,
  )


def test_a_row_that_is_not_finite_is_named_by_its_place(way):
  x = X.copy()
  x[101, 3] = np.nan
  with pytest.raises(ValueError, match='example 101 are not finite'):
    reduced(x, 3)


def test_clusters_in_a_few_components_are_those_in_all():
  x, blob = make_blobs(120, 40, centers=4, cluster_std=0.3, random_state=0)
  options = dict(
    num_clusters=4, restarts=2, normalize=False, kmeans='scikit-learn'
  )
  score = functools.partial(
    cluster.scores, {'features': x.astype(np.float32)}, key=jax.random.key(0)
  )
  whole, part = score(**options), score(**options, components=3)
  for own in range(4):
    assert len({*part[2][blob == own]}) == len({*whole[2][blob == own]}) == 1
  assert (part[0] < whole[0] + 1e-6).all()
  as_they_are = score(**options, components=40)
  np.testing.assert_array_equal(as_they_are[0], whole[0])
