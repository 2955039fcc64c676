"""Clusters that are kept and dropped whole, beside plain Python."""

from fractions import Fraction

import numpy as np
import pytest

from prune_dm_jax.pruning import select as select_lib


def whole_by_hand(scores, groups, number, keep, seed):
  """What is kept, a group after the other, in plain Python."""
  tie = np.random.default_rng(seed).permutation(len(scores)).tolist()
  members = {}
  for i in sorted(range(len(scores)), key=lambda i: (scores[i], tie[i])):
    members.setdefault(int(groups[i]), []).append(i)
  mean = lambda g: Fraction(
    sum(int(scores[i]) for i in members[g]), len(members[g])
  )
  names = sorted(members, key=lambda g: (mean(g), g))
  off = lambda g: abs(names.index(g) - Fraction(len(names) - 1, 2))
  first = {'low': names, 'high': names[::-1], 'middle': sorted(names, key=off)}
  kept = []
  for own in map(members.get, first[keep]):
    dropped = len(own) - min(len(own), number - len(kept))
    head = {'low': 0, 'middle': dropped // 2, 'high': dropped}[keep]
    kept += own[head : head + len(own) - dropped]
  return sorted(kept)


@pytest.mark.parametrize('keep', ['high', 'middle', 'low'])
def test_whole_keeps_all_of_the_best_groups_and_cuts_one(keep):
  """Of few scores, so that most are ties, of means too."""
  for seed in range(60):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 60))
    scores = rng.integers(-2, 3, size)
    groups = rng.integers(-2, rng.integers(-1, 9), size)
    number = int(rng.integers(1, size + 1))
    given = dict(number=number, keep=keep, seed=seed)
    kept = select_lib.select(scores, groups, allocation='whole', **given)
    assert kept.tolist() == whole_by_hand(scores, groups, **given)
    assert len(kept) == number
