"""Turns down a tree of clusters, beside the sampling that Vo et al. describe."""

import jax
import numpy as np
import pytest

from prune_dm_jax.pruning import hierarchical_kmeans
from prune_dm_jax.pruning import kmeans

RNG = np.random.default_rng(0)
LEAF = RNG.integers(0, 12, 200) * RNG.integers(0, 2, 200)  # Most in the first.
ABOVE = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4])[LEAF]
TOP = np.array([0, 0, 1, 1, 1])[ABOVE]
LEVELS = [LEAF, ABOVE, TOP]
DRAW = RNG.permutation(200) / 200


def spread(number, sizes):
  """The least and most of each branch: all are filled to one height."""
  height = max(
    h for h in range(number + 1) if np.minimum(sizes, h).sum() <= number
  )
  return np.minimum(sizes, height), np.minimum(sizes, height + 1)


@pytest.mark.parametrize('number', [1, 7, 30, 77, 150, 199])
def test_any_number_is_spread_evenly_over_the_branches_of_any_branch(number):
  kept = hierarchical_kmeans.places(LEVELS, DRAW) < number
  assert kept.sum() == number
  for below, above in zip(LEVELS, [ABOVE, TOP, 0 * TOP], strict=True):
    for branch in np.unique(above):
      own = np.flatnonzero(above == branch)
      names, sizes = np.unique(below[own], return_counts=True)
      found = [kept[own][below[own] == name].sum() for name in names]
      least, most = spread(kept[own].sum(), sizes)
      assert (least <= found).all() and (found <= most).all()


def test_of_a_cluster_those_of_the_least_draws_come_first():
  place = hierarchical_kmeans.places(LEVELS, DRAW)
  assert sorted(place) == list(range(200))
  for leaf in np.unique(LEAF):
    own = LEAF == leaf
    np.testing.assert_array_equal(np.argsort(place[own]), np.argsort(DRAW[own]))


def test_a_far_and_rare_branch_is_picked_as_often_as_a_common_one():
  """Sixteen clusters, of which two are far off: those are one of two branches."""
  centers = np.r_[np.arange(14) * 3.0, 1000, 1003][:, None]
  sizes = np.r_[np.full(14, 40), 9, 5]
  rows = np.repeat(centers, sizes, axis=0).astype(np.float32)
  given = {'features': rows, 'index': np.arange(len(rows))}
  score, _, group = hierarchical_kmeans.scores(
    given, key=jax.random.key(0), num_clusters=16, restarts=5, normalize=False,
    kmeans='scikit-learn',
  )  # fmt: skip
  first = rows[np.argsort(-score)[:20], 0]
  assert (first > 500).sum() == 10 and (first == 1003).sum() == 5
  assert not group.any()


def test_each_level_has_an_eighth_of_the_clusters_below(monkeypatch):
  asked = []
  fit = lambda rows, number, *rest: (
    asked.append(number), np.resize(rows, (number, 2)),
    np.arange(len(rows), dtype=np.int32) % number,
  )[1:]  # fmt: skip
  monkeypatch.setitem(kmeans.FITS, 'scikit-learn', fit)
  given = {'features': RNG.normal(size=(2000, 2)), 'index': np.arange(2000)}
  hierarchical_kmeans.scores(
    given, key=jax.random.key(0), num_clusters=1000, restarts=1,
    normalize=False, kmeans='scikit-learn',
  )  # fmt: skip
  assert asked == [1000, 125, 15]
