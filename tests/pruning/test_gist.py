"""GIST, against all subsets of a few points, and against its paper, line by line."""

import functools
import itertools

import jax
import numpy as np
import pytest

from configs import digits
from prune_dm_jax.pruning import gist
from prune_dm_jax.pruning import greedy

SCORE = digits.get_config().score.to_dict()
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 3))
ROWS -= ROWS.mean(axis=0)


places = functools.partial(gist.places, diversity=0.1)


def apart(rows):
  return np.linalg.norm(rows[:, None] - rows, axis=-1)


def value(distance, some, diversity=0.1):
  """g(S) + diversity div(S), as gist.py has it."""
  some, most = list(some), distance.max()
  covered = np.mean(most - distance[:, some].min(axis=1))
  pairs = [distance[i, j] for i, j in itertools.combinations(some, 2)]
  return covered + diversity * min(pairs, default=most)


def drawn(seed):
  """12 points of a law of its own: wide or narrow tails, in 1 to 3 dimensions."""
  rng = np.random.default_rng(seed)
  widths = np.exp(2 * (seed % 2) * rng.normal(size=(12, 1)))
  rows = rng.normal(size=(12, 1 + seed % 3)) * widths
  return rows - rows.mean(axis=0)


@pytest.mark.parametrize('diversity', [0.1, 0.5])
@pytest.mark.parametrize('number', [2, 4])
def test_it_has_half_of_the_most_there_is(number, diversity):
  for seed in range(24):
    rows = drawn(seed)
    distance = apart(rows)
    found = gist.best(gist.table(rows), number, diversity)
    every = itertools.chain(*(
      itertools.combinations(range(12), many) for many in range(1, number + 1)
    ))  # fmt: skip
    most = max(value(distance, some, diversity) for some in every)
    assert 1 <= len(found.order) <= number
    own = value(distance, found.order, diversity)
    assert own >= most / 2 and abs(found.value - own) < 1e-5 * distance.max()


def independent(distance, number, threshold):
  """GreedyIndependentSet of the paper."""
  picked = []
  while len(picked) < number:
    left = [
      j for j in range(len(distance)) if j not in picked
      if not picked or distance[j, picked].min() >= threshold
    ]  # fmt: skip
    if not left:
      break
    covered = lambda j: -distance[:, [*picked, j]].min(axis=1).sum()
    picked.append(max(left, key=covered))
  return picked


@pytest.mark.parametrize('number', [5, 20, 59])
def test_it_is_as_good_as_its_paper_says_line_by_line(number):
  distance = apart(ROWS)
  most, epsilon = distance.max(), gist.EPSILON
  tried = [
    independent(distance, number, 0),
    np.unravel_index(distance.argmax(), distance.shape),
  ]
  step = epsilon * most / 2
  while step <= most:
    tried.append(independent(distance, number, step))
    step *= 1 + epsilon
  wanted = max(value(distance, some) for some in tried)
  found = gist.best(gist.table(ROWS), number, 0.1)
  np.testing.assert_allclose(found.value, wanted, rtol=1e-5)


@pytest.mark.parametrize('number', [1, 7, 30, 60])
def test_what_is_picked_comes_first_and_the_farthest_after_the_number(number):
  place = places(ROWS, number=number)
  order = np.argsort(place, kind='stable')
  best = gist.best(gist.table(ROWS), number, 0.1).order
  assert order[: len(best)].tolist() == best
  left = apart(ROWS)[:, order[:number]].min(axis=1)[order[number:]]
  assert (np.diff(left) <= 0).all() and len(np.unique(place)) == 60


def test_copies_of_what_is_picked_are_last_in_one_place():
  rows = np.tile(ROWS[:20], (3, 1))
  place = places(rows - rows.mean(axis=0), number=30)
  firsts = [place[i::20].min() for i in range(20)]
  assert sorted(firsts) == list(range(20))
  assert len(set(sorted(place)[20:])) == 1


@pytest.mark.parametrize('size', [1, 2, 3])
def test_clusters_of_one_two_and_of_the_same_have_an_order(size):
  for rows in (RNG.normal(size=(size, 3)), np.zeros((size, 3))):
    for number in (0, 1, size):
      place = places(rows - rows.mean(axis=0), number=number)
      assert place.shape == (size,) and place.min() == 0 and place.max() < 4


def test_of_a_large_cluster_no_distances_are_kept(monkeypatch):
  whole = places(ROWS, number=20)
  for module, name, much in (
    (gist, 'LARGE', 10), (greedy, 'SMALL', 10), (greedy, 'NUMBERS', 180),
  ):  # fmt: skip
    monkeypatch.setattr(module, name, much)
  np.testing.assert_allclose(places(ROWS, number=20), whole, rtol=1e-6)


def test_each_cluster_is_told_its_part_of_the_number():
  rows = np.concatenate([ROWS, ROWS[:40] * 0.5 + 90]).astype(np.float32)
  options = {name: SCORE[name] for name in ('restarts', 'normalize', 'kmeans')}
  score, _, group = gist.scores(
    {'features': rows, 'number': 50}, key=jax.random.key(0), num_clusters=2,
    diversity=0.1, **options,
  )  # fmt: skip
  for own, number in ((group == group[0], 30), (group == group[-1], 20)):
    alone = rows[own].astype(float)
    alone = places(alone - alone.mean(axis=0), number=number)
    np.testing.assert_array_equal(-score[own], alone.astype(np.float32))
