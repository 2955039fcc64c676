"""Passes in which examples stand by their last losses."""

import collections
import functools
import itertools
import types

import numpy as np
import pytest

from prune_dm_jax.data import dynamic

SIZE = 8
LOSSES = np.array([0.2, 3.0, 0.4, 0.6, 1.2, 0.1, 2.0, 0.5])
EASY = LOSSES < 1  # Their mean is 1.
WEIGHTS = np.array([1, 2, 0.25, 3.5, 1, 0.5, 0.25, 1.5])  # 10 in all.


def order(schedule='infobatch', **options):
  given = dict(
    share=0.25, until=60, weights=None, size=SIZE, batch_size=3, seed=0
  )
  return dynamic.Order(schedule, **given | options)


def totals(passes, number=800, begun=0):
  """[number, M] how often each stands in passes, and what it counts for."""
  found = [passes.one(LOSSES, i, begun) for i in range(number)]
  times = [np.bincount(one['row'], minlength=SIZE) for one in found]
  sums = [np.bincount(o['row'], o['weight'], minlength=SIZE) for o in found]
  return np.array(times), np.array(sums)


@pytest.mark.parametrize('weights', [None, WEIGHTS, 1.04 * WEIGHTS])
@pytest.mark.parametrize('share', [0.25, 0.5])
def test_the_weighted_sum_over_a_pass_is_that_of_all_in_expectation(
  weights, share
):
  """Of a part p of a draw, which counts g, the variance is g² p (1 - p)."""
  times, sums = totals(order(share=share, weights=weights))
  wanted = np.ones(SIZE) if weights is None else WEIGHTS
  gains = np.where(EASY, 1 / (1 - share), 1)
  part = (wanted / gains) % 1
  apart = 5 * gains * np.sqrt(part * (1 - part) / len(sums)) + 1e-6
  assert (abs(sums.mean(axis=0) - wanted) <= apart).all()
  assert times.sum(axis=1).mean() < 0.95 * wanted.sum()  # And it is of fewer.


def test_what_is_below_the_mean_is_dropped_by_its_share_and_nothing_else():
  times, _ = totals(order(share=0.25))
  assert (times[:, ~EASY] == 1).all() and times.max() == 1
  apart = 5 * np.sqrt(0.25 * 0.75 / len(times))
  assert abs(times[:, EASY].mean(axis=0) - 0.75).max() < apart


def test_equal_losses_drop_nothing_of_the_first_pass():
  for schedule in dynamic.SCHEDULES:
    first = order(schedule).one(np.ones(SIZE, np.float32), 0, 0)
    assert sorted(first['row']) == list(range(SIZE))
    assert (first['weight'] == 1).all()


@pytest.mark.parametrize('schedule', dynamic.SCHEDULES)
def test_from_the_last_share_of_steps_on_all_are_used_alike(schedule):
  times, sums = totals(order(schedule), number=20, begun=60)
  assert (times == 1).all() and (sums == 1).all()
  times, _ = totals(order(schedule), number=20, begun=59)
  assert (times == 1).all() == (schedule == 'easy_to_uniform')  # 1/60 is left.


@pytest.mark.parametrize('begun', [0, 15, 45, 60])
def test_the_easiest_are_drawn_most_at_first_and_as_often_as_any_in_the_end(
  begun,
):
  """In equal steps from 1 + r (1 - 1 / M) to 1 - r (1 - 1 / M), r falling."""
  passes, left = order('easy_to_uniform', share=0.8), 1 - begun / 60
  expected, gains = passes.expected(LOSSES, begun)
  end = 0.8 * left * (1 - 1 / SIZE)
  wanted = np.linspace(1 + end, 1 - end, SIZE)
  np.testing.assert_allclose(expected[np.argsort(LOSSES)], wanted)
  assert (gains == 1).all()
  times, _ = totals(passes, begun=begun)
  assert abs(times.mean(axis=0) - expected).max() < 5 * 0.5 / len(times) ** 0.5


def test_ties_are_drawn_as_often_as_one_another():
  passes = order('easy_to_uniform', share=0.8)
  expected, _ = passes.expected(np.array([1.0] * 4 + [2.0] * 4), 0)
  np.testing.assert_allclose(expected, [1.4] * 4 + [0.6] * 4)


def memory(at, then, now):
  return types.SimpleNamespace(at=np.array(at), then=then, now=now)


FIRST = 0, memory([0, 0, 0], *np.ones((2, SIZE)))


def trained(passes, number, start=FIRST):
  """(step, Memory before it, batch) of the steps up to `number`.

  A loss is a number of its row and of the step.
  """
  step, kept = start
  while step < number:
    some = passes.ahead(kept, step)
    for i in range(min(len(some['row']), number - step)):
      batch = {name: rows[i] for name, rows in some.items()}
      yield step, kept, batch
      then = kept.now if batch['at'][-1, 0] > kept.at[0] else kept.then
      now = kept.now.copy()
      now[batch['row']] = np.sin(1 + 7 * batch['row'] + step) + 2
      kept, step = memory(batch['at'][-1], then, now), step + 1


WAYS = [*itertools.product(dynamic.SCHEDULES, [3, 20], [None, WEIGHTS])]


@pytest.mark.parametrize(('schedule', 'batch_size', 'weights'), WAYS)
def test_what_comes_follows_from_what_is_remembered_at_any_step(
  schedule, batch_size, weights
):
  """Also in the middle of a pass, across its end, and where all begin to count."""
  passes = order(schedule, batch_size=batch_size, weights=weights, share=0.5)
  whole = list(trained(passes, 80))
  assert [step for step, *_ in whole] == list(range(80))
  for begin in (1, 2, 5, 9, 31, 59, 60, 61, 70):
    resumed = trained(passes, 80, start=whole[begin][:2])
    for (*_, one), (*_, two) in zip(whole[begin:], resumed, strict=True):
      for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def counts(rows):
  return sorted(collections.Counter(rows.tolist()).values())


@pytest.mark.parametrize('batch_size', [3, 20])
def test_no_one_is_lost_between_passes_and_the_last_share_has_all(batch_size):
  found = trained(order(batch_size=batch_size, share=0.5), 80)
  batches = [batch for *_, batch in found]
  join = lambda some, name: np.concatenate([batch[name] for batch in some])
  first = join(batches, 'row')[:SIZE]
  assert counts(first) == [1] * SIZE
  late = join(batches[60:], 'row')
  for i in range(len(late) // SIZE):
    assert counts(late[SIZE * i : SIZE * (i + 1)]) == [1] * SIZE
  assert (join(batches[60:], 'weight') == 1).all()
  assert set(join(batches[:60], 'weight')) == {1, 2}
  at = join(batches, 'at')
  same = np.diff(at[:, 0]) == 0
  assert (np.diff(at[:, 1])[same] == 1).all() and (at[1:, 1][~same] == 1).all()


def test_another_seed_or_number_is_another_order():
  one = functools.partial(order().one, LOSSES)
  same = lambda a, b: np.array_equal(a['row'], b['row'])
  assert same(one(1, 0), one(1, 0)) and not same(one(1, 0), one(2, 0))
  assert not same(one(1, 0), order(seed=1).one(LOSSES, 1, 0))
