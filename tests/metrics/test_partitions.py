"""Clusters against classes, by hand."""

import numpy as np
import pytest

from prune_dm_jax.metrics import partitions

GROUPS = np.array([0, 0, 0, 1, 1, 1])
LABELS = np.array([0, 0, 1, 1, 1, 2])  # In groups: 2, 1, 0 and 0, 2, 1.


def entropy(counts):
  p = np.array(counts) / np.sum(counts)
  return -(p * np.log(p)).sum()


def test_measures_are_their_formulas():
  h = entropy([3, 3]), entropy([2, 3, 1])
  information = sum(h) - entropy([2, 1, 2, 1])
  pairs, by_group, by_label, all_pairs = 1 + 1, 3 + 3, 1 + 3, 15
  chance = by_group * by_label / all_pairs
  expected = {
    'purity': 4 / 6,
    'normalised mutual information': information / np.mean(h),
    'adjusted Rand index': (pairs - chance)
    / ((by_group + by_label) / 2 - chance),
  }
  found = {n: of(GROUPS, LABELS) for n, of in partitions.MEASURES.items()}
  assert found.keys() == expected.keys()
  for name, value in expected.items():
    np.testing.assert_allclose(found[name], value, err_msg=name)


@pytest.mark.parametrize('name', partitions.MEASURES)
def test_the_same_partition_by_other_names_is_one(name):
  other = np.array([7, 2, 5])[LABELS]
  np.testing.assert_allclose(partitions.MEASURES[name](other, LABELS), 1)


def test_one_cluster_is_as_pure_as_the_largest_class_is_large():
  whole = np.zeros(6, int)
  found = [of(whole, LABELS) for of in partitions.MEASURES.values()]
  np.testing.assert_allclose(found, [3 / 6, 0, 0], atol=1e-12)


def test_clusters_of_one_are_pure_and_that_is_chance():
  alone = np.arange(6)
  assert partitions.purity(alone, LABELS) == 1
  assert partitions.MEASURES['adjusted Rand index'](alone, LABELS) == 0


def test_chance_fills_clusters_of_the_same_sizes():
  groups = np.repeat([0, 1, 2], [50, 30, 20])
  mixed = partitions.shuffled(groups, 0)
  np.testing.assert_array_equal(np.bincount(mixed), np.bincount(groups))
  np.testing.assert_array_equal(mixed, partitions.shuffled(groups, 0))
  assert (mixed != groups).sum() > 40
  assert (mixed != partitions.shuffled(groups, 1)).any()
