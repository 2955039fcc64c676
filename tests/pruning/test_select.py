import itertools
import time
from fractions import Fraction

import numpy as np
import pytest

from prune_dm_jax.pruning import select as select_lib

RATIOS = [0.0, 0.29, 0.5, 0.75, 0.9, 0.99]
KEEPS = ['high', 'middle', 'low']
SCORES = np.random.default_rng(0).normal(size=203)
GROUPS = np.random.default_rng(1).integers(0, 7, 203) ** 2  # uneven, with gaps


def select(scores=SCORES, groups=GROUPS, **options):
  given = dict(keep='low', allocation='proportional', seed=0) | options
  ratio = given.pop('prune_ratio', 0.5)
  number = select_lib.number_kept(len(scores), ratio)
  return select_lib.select(scores, groups, number=number, **given)


def ungrouped(**options):
  return select(groups=np.zeros(203, int), **options)


@pytest.mark.parametrize(
  ('ratio', 'keep', 'allocation'),
  list(
    itertools.product(RATIOS, KEEPS, ['proportional', 'waterfill', 'whole'])
  ),
)
def test_exactly_n_minus_floor_of_n_times_ratio_are_kept(
  ratio, keep, allocation
):
  kept = select(prune_ratio=ratio, keep=keep, allocation=allocation)
  hundredths = round(ratio * 100)
  assert len(kept) == len(set(kept)) == 203 - 203 * hundredths // 100


def test_a_ratio_is_the_decimal_it_is_written_as():
  """As floats, 100 * 0.29 is 28.999999999999996."""
  assert select_lib.number_kept(100, 0.29) == 71


@pytest.mark.parametrize('ratio', RATIOS)
def test_low_is_the_head_and_high_the_tail(ratio):
  order = np.argsort(SCORES)
  number = select_lib.number_kept(203, ratio)
  low, high = (ungrouped(prune_ratio=ratio, keep=k) for k in ('low', 'high'))
  np.testing.assert_array_equal(low, np.sort(order[:number]))
  np.testing.assert_array_equal(high, np.sort(order[203 - number :]))


def test_the_middle_drops_half_at_either_end():
  kept = ungrouped(prune_ratio=0.5, keep='middle')
  rank = np.argsort(np.argsort(SCORES))[kept]
  assert sorted(rank) == list(range(50, 152))  # 101 dropped: 50 low, 51 high


@pytest.mark.parametrize('ratio', [0.25, 0.5, 0.8])
def test_the_inverse_keeps_what_the_other_prunes(ratio):
  """With groups too: high at ratio r is the complement of low at 1 - r."""
  scores, groups = SCORES[:200], GROUPS[:200]
  low = select(scores, groups, prune_ratio=ratio, keep='low')
  high = select(
    scores, groups, prune_ratio=1 - Fraction(str(ratio)), keep='high'
  )
  np.testing.assert_array_equal(np.sort(np.r_[low, high]), np.arange(200))


@pytest.mark.parametrize('keep', ['low', 'high'])
def test_a_higher_ratio_keeps_a_part_of_what_a_lower_one_keeps(keep):
  kept = [set(ungrouped(prune_ratio=r, keep=keep).tolist()) for r in RATIOS]
  assert all(b <= a for a, b in itertools.pairwise(kept))


@pytest.mark.parametrize('keep', KEEPS)
def test_the_order_of_the_data_does_not_matter(keep):
  shuffle = np.random.default_rng(2).permutation(203)
  moved = select(SCORES[shuffle], GROUPS[shuffle], keep=keep)
  np.testing.assert_array_equal(np.sort(shuffle[moved]), select(keep=keep))


def group_by_group(scores, groups, ratio, keep, allocation, seed):
  """What is kept, each group sorted for itself in plain Python."""
  tie = np.random.default_rng(seed).permutation(len(scores)).tolist()
  labels, sizes = np.unique(groups, return_counts=True)
  number = len(scores) - int(len(scores) * Fraction(str(ratio)))
  shares = select_lib.ALLOCATIONS[allocation](number, sizes, keep)
  kept = []
  for label, share in zip(labels, shares, strict=True):
    own = [i for i in range(len(scores)) if groups[i] == label]
    own.sort(key=lambda i: (scores[i], tie[i]))
    dropped = len(own) - share
    first = {'low': 0, 'middle': dropped // 2, 'high': dropped}[keep]
    kept += own[first : first + share]
  return sorted(kept)


@pytest.mark.parametrize('keep', KEEPS)
@pytest.mark.parametrize('allocation', ['proportional', 'waterfill'])
def test_one_sort_keeps_what_a_sort_of_each_group_keeps(keep, allocation):
  """Of few scores, so that most are ties; groups have gaps, and may be one."""
  for seed in range(40):
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 60)
    scores = rng.integers(0, 4, size) / 3 - 0.5
    groups = rng.integers(-2, rng.integers(-1, 9), size)
    ratio = rng.integers(0, 100) / 100
    kept = select(
      scores, groups,
      prune_ratio=ratio, keep=keep, allocation=allocation, seed=seed,
    )  # fmt: skip
    expected = group_by_group(scores, groups, ratio, keep, allocation, seed)
    assert kept.tolist() == expected


def test_as_many_groups_as_examples_are_no_slower():
  groups = np.random.default_rng(0).permutation(200_000)
  began = time.process_time()
  kept = select_lib.select(
    np.zeros(200_000), groups,
    number=100_000, keep='low', allocation='proportional', seed=0,
  )  # fmt: skip
  assert len(kept) == 100_000
  assert time.process_time() - began < 2  # A scan a group takes a minute.


def test_ties_are_broken_by_the_seed_and_not_by_place():
  kept = ungrouped(scores=np.zeros(203), prune_ratio=0.5)
  again = ungrouped(scores=np.zeros(203), prune_ratio=0.5)
  other = ungrouped(scores=np.zeros(203), prune_ratio=0.5, seed=1)
  np.testing.assert_array_equal(kept, again)
  assert not np.array_equal(kept, other)
  assert not np.array_equal(kept, np.arange(len(kept)))


def test_a_draw_decides_of_equals_of_a_group_that_part():
  scores, groups = np.array([0, 1, 1, 1, 2, 1, 1]), [0, 0, 0, 0, 0, 5, 5]
  drawn = lambda *keep: select_lib.number_drawn(scores, groups, np.array(keep))
  assert drawn(0, 1, 0, 1, 1, 0, 0) == 3
  assert drawn(0, 1, 1, 1, 1, 0, 0) == 0  # The others are of another group.
  assert drawn(0, 1, 1, 0, 1, 1, 0) == 5
  assert select_lib.number_drawn(SCORES, GROUPS, SCORES > 0) == 0


def test_proportional_keeps_the_share_of_each_group():
  kept = select(prune_ratio=0.5)
  for group in np.unique(GROUPS):
    size, left = (GROUPS == group).sum(), (GROUPS[kept] == group).sum()
    assert abs(left - size * len(kept) / 203) < 1


def test_proportional_keeps_the_lowest_of_each_group():
  kept = select(prune_ratio=0.5)
  for group in np.unique(GROUPS):
    own = np.flatnonzero(GROUPS == group)
    left = np.intersect1d(own, kept)
    assert SCORES[left].max() < SCORES[np.setdiff1d(own, left)].min()


def test_balanced_keeps_as_many_of_each_group_as_the_smallest_has():
  number = select_lib.number_balanced(GROUPS)
  ratio = Fraction(203 - number, 203)
  kept = select(prune_ratio=ratio, allocation='balanced')
  sizes = np.unique(GROUPS, return_counts=True)[1]
  left = np.unique(GROUPS[kept], return_counts=True)[1]
  np.testing.assert_array_equal(left, np.full(len(sizes), sizes.min()))
  partner = select(prune_ratio=ratio)
  assert len(partner) == len(kept)  # Table 2 compares equal numbers.


def test_waterfill_is_as_even_as_the_sizes_allow():
  sizes = np.array([2, 9, 30, 30])
  for number in range(72):
    kept = select_lib.waterfill(number, sizes, 'low')
    assert kept.sum() == number and (kept <= sizes).all()
    filled = kept == sizes
    assert np.ptp(kept[~filled]) <= 1 if (~filled).any() else True
    if filled.any() and not filled.all():
      assert kept[filled].max() <= kept[~filled].min() + 1


def test_shares_are_whole_and_sum_to_the_number():
  shares = select_lib.largest_remainder(10, [1, 1, 1])
  assert sorted(shares) == [3, 3, 4]
  np.testing.assert_array_equal(
    select_lib.largest_remainder(5, [10, 30, 60]), [1, 1, 3]
  )


@pytest.mark.parametrize('ratio', [-0.1, 1.0, 1.5, float('nan')])
def test_a_ratio_outside_zero_to_one_is_refused(ratio):
  with pytest.raises(ValueError, match='in \\[0, 1\\)'):
    select(prune_ratio=ratio)


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_a_score_that_is_not_finite_is_refused_by_its_place(value):
  scores = SCORES.copy()
  scores[17] = value
  with pytest.raises(ValueError, match=f'score of example 17 is {value}'):
    select(scores)


@pytest.mark.parametrize('key', ['keep', 'allocation'])
def test_a_word_that_is_no_choice_is_refused_with_the_choices(key):
  with pytest.raises(ValueError, match=f"{key} is 'best'; choose from"):
    select(**{key: 'best'})


def test_a_threshold_counts_what_is_there_and_beyond():
  scores = [3.0, 1.0, 2.0, 2.0]
  assert select_lib.number_beyond(scores, 2.0, 'high') == 3
  assert select_lib.number_beyond(scores, 2.0, 'low') == 3
  assert select_lib.number_beyond(scores, 2.5, 'high') == 1
  with pytest.raises(ValueError, match='keeps none: scores are from 1 to 3'):
    select_lib.number_beyond(scores, 4, 'high')
