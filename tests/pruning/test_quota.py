"""So many of every class and cluster, and no more of all."""

import numpy as np
import pytest

from prune_dm_jax.pruning import quota
from prune_dm_jax.pruning import select

RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=300)
LABELS = RNG.choice(6, 300, p=[0.5, 0.3, 0.1, 0.05, 0.03, 0.02])
CLUSTERS = RNG.integers(0, 9, 300)


def places(keep='low'):
  return quota.preference(select.ascending(SCORES, 0), keep)


def plain(keep='low', number=30):
  return select.select(
    SCORES, np.zeros(300, int), number=number, keep=keep,
    allocation='proportional', seed=0,
  )  # fmt: skip


@pytest.mark.parametrize('keep', ['low', 'high', 'middle'])
def test_what_is_kept_without_groups_comes_first_in_the_preference(keep):
  first = np.argsort(places(keep), kind='stable')[:100]
  assert set(first) == set(plain(keep, 100))


@pytest.mark.parametrize('least', [1, 2, 3])
def test_every_group_keeps_so_many_and_the_number_stays(least):
  kept = quota.at_least(plain(), places(), [LABELS, CLUSTERS], least)
  assert len(kept) == len(set(kept)) == 30
  for own in (LABELS, CLUSTERS):
    counts = np.bincount(own[kept], minlength=own.max() + 1)
    assert (counts >= np.minimum(np.bincount(own), least)).all()


def test_nothing_changes_where_enough_are_kept_anyway():
  kept = plain(number=250)
  np.testing.assert_array_equal(
    quota.at_least(kept, places(), [LABELS], 1), kept
  )


def test_the_nearest_come_in_and_the_farthest_go():
  order = np.arange(10)
  labels = np.array([0] * 6 + [1] * 4)
  kept = quota.at_least(np.array([0, 1, 2, 3]), order, [labels], 2)
  assert kept.tolist() == [0, 1, 6, 7]


def test_what_is_fixed_stays():
  order, labels = np.arange(10), np.array([0] * 6 + [1] * 4)
  kept = quota.at_least(
    np.array([0, 1, 2, 3]), order, [labels], 2, fixed=np.array([3, 2])
  )
  assert kept.tolist() == [2, 3, 6, 7]


def test_more_than_are_kept_cannot_be_asked():
  with pytest.raises(ValueError, match='at_least needs 14 more pictures'):
    quota.at_least(plain(number=10), places(), [LABELS], 4)
