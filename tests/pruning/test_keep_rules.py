"""What is drawn along the scores: strata, a shifted Gaussian, an interval."""

from fractions import Fraction

import numpy as np
import pytest

from prune_dm_jax.pruning import gaussian
from prune_dm_jax.pruning import interval
from prune_dm_jax.pruning import select as select_lib
from prune_dm_jax.pruning import strata

DRAWN = list(select_lib.DRAWN)
SCORES = np.random.default_rng(0).normal(size=203)
GROUPS = np.random.default_rng(1).integers(0, 7, 203) ** 2  # uneven, with gaps


def select(scores=SCORES, groups=None, *, number=101, keep='strata', **options):
  given = dict(allocation='proportional', seed=0, beta=0.1) | options
  groups = np.zeros(len(scores), int) if groups is None else groups
  return select_lib.select(scores, groups, number=number, keep=keep, **given)


@pytest.mark.parametrize('keep', DRAWN)
@pytest.mark.parametrize('allocation', ['proportional', 'waterfill', 'whole'])
def test_the_number_is_exact_whatever_it_is_and_whoever_there_is(
  keep, allocation
):
  rng = np.random.default_rng(3)
  for groups in (None, GROUPS, np.arange(203)):
    for scores in (SCORES, np.zeros(203), rng.integers(0, 3, 203), SCORES**9):
      for number in (1, 2, 50, 101, 183, 184, 202, 203):
        for beta in (0.0, 0.1, 0.99):
          options = dict(keep=keep, allocation=allocation, beta=beta)
          kept = select(scores, groups, number=number, **options)
          assert len(kept) == len(set(kept)) == number
          assert kept.tolist() == sorted(kept) and kept[-1] < 203


@pytest.mark.parametrize('keep', DRAWN)
def test_the_same_seed_draws_the_same_and_another_others(keep):
  again = select(keep=keep)
  np.testing.assert_array_equal(select(keep=keep), again)
  assert not np.array_equal(select(keep=keep, seed=1), again)


@pytest.mark.parametrize('keep', DRAWN)
def test_data_in_another_order_keeps_the_same_examples(keep):
  shuffle = np.random.default_rng(2).permutation(203)
  moved = select(SCORES[shuffle], GROUPS[shuffle], keep=keep)
  np.testing.assert_array_equal(
    np.sort(shuffle[moved]), select(groups=GROUPS, keep=keep)
  )


@pytest.mark.parametrize('keep', DRAWN)
def test_every_group_has_the_share_that_its_allocation_says(keep):
  kept = select(groups=GROUPS, keep=keep)
  plain = select(groups=GROUPS, keep='low')
  np.testing.assert_array_equal(np.sort(GROUPS[kept]), np.sort(GROUPS[plain]))


@pytest.mark.parametrize(
  'keep, end', [('strata', -1), ('interval', -1), ('gaussian', 1)]
)
def test_the_share_beta_of_one_end_goes_first(keep, end):
  """Of a Gaussian the lowest scores, else the highest."""
  order = np.argsort(end * SCORES)
  kept = select(keep=keep, number=150, beta=0.2)
  assert not set(order[:40]) & set(kept)
  more = select(keep=keep, number=180, beta=0.2)  # No more than may be.
  assert set(more) == set(order[23:])


def by_algorithm_1(scores, number, beta):
  """How many of each stratum, as Zheng et al. write it."""
  scores = np.sort(scores)[: max(len(scores) - int(len(scores) * beta), number)]
  edges = np.linspace(scores[0], scores[-1], 51)
  of = np.clip(np.searchsorted(edges, scores, side='right') - 1, 0, 49)
  left = {i: int((of == i).sum()) for i in range(50) if (of == i).any()}
  budget, found = number, {}
  while left:
    smallest = min(left, key=left.get)
    found[smallest] = min(left[smallest], budget // len(left))
    budget -= found[smallest]
    del left[smallest]
  return edges, found


@pytest.mark.parametrize('number', [1, 49, 101, 170])
def test_strata_give_what_algorithm_1_of_the_paper_gives(number):
  edges, wanted = by_algorithm_1(SCORES, number, Fraction(1, 10))
  kept = SCORES[select(number=number)]
  of = np.clip(np.searchsorted(edges, kept, side='right') - 1, 0, 49)
  found = np.bincount(of, minlength=50)
  assert sorted(found) == sorted([*wanted.values(), *[0] * (50 - len(wanted))])
  assert found.sum() == number


def test_who_of_a_stratum_is_kept_is_drawn_evenly():
  scores, draws = np.zeros(10), np.random.default_rng(0).random((4000, 10))
  kept = np.mean([strata.kept(scores, 3, d, 0) for d in draws], axis=0)
  np.testing.assert_allclose(kept, 0.3, atol=5 * (0.21 / 4000) ** 0.5)


def test_a_gaussian_draws_one_after_the_other_by_weight():
  """Two of four: P(i, j) = w_i w_j / (1 - w_i) + w_j w_i / (1 - w_j)."""
  rank = (np.arange(4) + 0.5) / 4
  weight = np.exp(-((rank - 0.5) ** 2) / (2 * 0.25**2))
  weight /= weight.sum()
  draws = np.random.default_rng(1).random((20000, 4))
  kept = np.array([gaussian.kept(np.arange(4.0), 2, d, 0) for d in draws])
  for i in range(4):
    for j in range(i):
      both = weight[i] * weight[j]
      wanted = both / (1 - weight[i]) + both / (1 - weight[j])
      found = (kept[:, i] & kept[:, j]).mean()
      assert abs(found - wanted) < 5 * (wanted * (1 - wanted) / 20000) ** 0.5


@pytest.mark.parametrize('number, beta', [(50, 0.0), (33, 0.1875), (40, 0.5)])
def test_an_interval_takes_every_kth_of_the_easiest(number, beta):
  rank = np.argsort(np.argsort(SCORES))
  kept = np.sort(rank[select(number=number, keep='interval', beta=beta)])
  left = 203 - int(203 * beta)
  steps = np.diff([*kept, kept[0] + left])  # As round a ring.
  assert {*steps} <= {left // number, -(-left // number)}
  assert steps.sum() == left and kept.max() < left


def test_an_interval_starts_anywhere_in_the_first():
  found = [
    np.flatnonzero(interval.kept(np.arange(12), 3, [u], 0))
    for u in (0.0, 0.3, 0.99)
  ]
  np.testing.assert_array_equal(found, [[0, 4, 8], [1, 5, 9], [3, 7, 11]])


def test_of_a_gaussian_fewer_are_a_part_of_more():
  kept = [set(select(keep='gaussian', number=n)) for n in (20, 100, 150)]
  assert kept[0] < kept[1] < kept[2]
