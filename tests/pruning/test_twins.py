"""Near twins of arrays: their distance, their threshold, their groups."""

import numpy as np
import pytest

from prune_dm_jax.pruning import twin_groups
from prune_dm_jax.pruning import twins


def views(x):
  return twins.Views(twins.unit(x)[0], *np.ones((3, len(x))))


def near(views, threshold, k):
  """By all distances, in place of the engine."""
  size = len(views.x)
  one, other = np.indices((size, size)).reshape(2, -1)
  apart = twins.distances(views.x, one, other).reshape(size, size)
  np.fill_diagonal(apart, np.inf)
  index = np.argsort(apart, axis=1, kind='stable')[:, :k]
  distance = np.take_along_axis(apart, index, axis=1)
  return twin_groups.near(views, distance, index, threshold)


def planted(*, number=40, width=24, noise=0.03, seed=0):
  """Groups of 1, 2, 3, 4, 1, 2 ... around directions of no order."""
  rng = np.random.default_rng(seed)
  own = np.repeat(np.arange(number), np.arange(number) % 4 + 1)
  centres = rng.normal(size=(number, width))
  x = centres[own] + noise * rng.normal(size=(len(own), width))
  order = rng.permutation(len(own))
  return views(x[order]), own[order]


def circle(degrees):
  angle = np.radians(degrees)
  return views(np.stack([np.cos(angle), np.sin(angle)], axis=1))


def of_angle(degrees):
  return 1 - np.cos(np.radians(degrees))


def partition(first):
  return {tuple(np.flatnonzero(first == one)) for one in set(first.tolist())}


def test_distance_is_one_less_the_cosine_and_none_between_copies():
  x = circle([0, 30, 90, 180]).x
  got = twins.distances(x, np.zeros(4, int), np.arange(4))
  np.testing.assert_allclose(got, [0, of_angle(30), 1, 2], atol=1e-7)
  assert got[0] == 0


def test_distance_of_thumbnails_is_one_less_their_correlation():
  rng = np.random.default_rng(0)
  pictures = rng.integers(0, 256, (6, 4, 4, 3), np.uint8)
  x, contrast, brightness = twins.of_thumbnails(pictures)
  one, other = np.triu_indices(6, 1)
  rows = pictures.reshape(6, -1)
  expected = 1 - np.corrcoef(rows)[one, other]
  np.testing.assert_allclose(
    twins.distances(x, one, other), expected, atol=1e-6
  )
  np.testing.assert_allclose(contrast, rows.std(axis=1))
  np.testing.assert_allclose(brightness, rows.mean(axis=1))


def test_a_flat_picture_has_no_direction_and_no_contrast():
  x, contrast, _ = twins.of_thumbnails(np.full((1, 4, 4, 3), 255, np.uint8))
  assert not x.any() and contrast[0] == 0 < twins.FLAT


@pytest.mark.parametrize(
  'aspect, contrast, brightness, expected',
  [
    (1.04, 20, 100, True),
    (1.06, 20, 100, False),
    (1 / 1.06, 20, 100, False),
    (1, 21.9, 100, True),
    (1, 22.1, 100, False),
    (1, 20, 101.9, True),
    (1, 20, 97.9, False),
  ],
)
def test_twins_are_alike_in_shape_contrast_and_brightness(
  aspect, contrast, brightness, expected
):
  pair = twins.Views(
    np.ones((2, 1)),
    np.array([1, aspect]),
    np.array([20.0, contrast]),
    np.array([100.0, brightness]),
  )
  ends = np.array([0, 1]), np.array([1, 0])
  assert twins.alike(pair, *ends).tolist() == [expected] * 2


def test_the_threshold_of_a_power_law_is_where_a_hundredth_pair_is_expected():
  """P(d < t) = t^m, of its quantiles: N (N - 1) / 2 t^m = 0.01."""
  chance = np.arange(1, 100_001) / 100_001
  found, power = twins.threshold(chance ** (1 / 5), 2000)
  np.testing.assert_allclose(power, 5, rtol=1e-3)
  np.testing.assert_allclose(1999 * 1000 * found**5, 0.01, rtol=1e-2)


def test_of_points_in_no_order_none_is_under_the_threshold():
  x = views(np.random.default_rng(1).normal(size=(400, 10))).x
  found, _ = twins.threshold(twins.random_distances(x, number=20_000), 400)
  one, other = np.triu_indices(400, 1)
  nearest = twins.distances(x, one, other).min()
  assert nearest / 100 < found < nearest


def test_twins_among_random_pairs_do_not_move_the_threshold():
  rng = np.random.default_rng(2)
  x = rng.normal(size=(600, 12))
  few = np.concatenate([x, np.repeat(x[:1], 60, axis=0)])
  found = [
    twins.threshold(twins.random_distances(views(rows).x, number=20_000), 600)
    for rows in (x, few)
  ]
  np.testing.assert_allclose(found[1][0], found[0][0], rtol=0.5)


@pytest.mark.parametrize('rows', [0, 1, 2, 50])
def test_where_random_pairs_tell_nothing_only_equals_are_twins(rows):
  random = twins.random_distances(np.ones((rows, 3), np.float32), number=100)
  assert twins.threshold(random, rows) == (0, 0)


def test_where_many_random_pairs_are_equal_only_equals_are_twins():
  assert twins.threshold(np.array([0] * 4 + [1] * 96), 200) == (0, 0)


@pytest.mark.parametrize('k', [4, 8])
def test_planted_groups_are_found_exactly(k):
  seen, own = planted()
  first = twin_groups.groups(near(seen, 0.02, k), np.arange(len(own)), most=9)
  assert partition(first) == partition(own)


def test_the_order_of_the_data_changes_nothing():
  """Nor do ties: directions on a grid are equally far from many."""
  rng = np.random.default_rng(3)
  x = rng.integers(0, 3, (120, 3)) + 1.0
  rank, order = rng.permutation(120), rng.permutation(120)
  one = twin_groups.groups(near(views(x), 0.03, 5), rank, most=6)
  other = twin_groups.groups(
    near(views(x[order]), 0.03, 5), rank[order], most=6
  )
  np.testing.assert_array_equal(order[other], one[order])
  assert 10 < len(set(one.tolist())) < 60


@pytest.mark.parametrize('k', [1, 2, 7, 30])
def test_it_does_not_matter_how_many_neighbours_were_looked_at(k):
  seen = circle(np.random.default_rng(4).uniform(0, 60, 200))
  rank = np.random.default_rng(5).permutation(200)
  few, all_others = (
    twin_groups.groups(near(seen, of_angle(2), n), rank, most=200)
    for n in (k, 199)
  )
  np.testing.assert_array_equal(few, all_others)


def test_no_chain_joins_two_ends():
  """A picture a degree, twins within 3: each group has a middle of 3 around."""
  seen = circle(np.arange(60))
  rank = (np.arange(60) - 3) % 7 * 60 + np.arange(60)
  first = twin_groups.groups(near(seen, of_angle(3.5), 4), rank, most=64)
  assert first.tolist() == [*np.repeat(np.arange(3, 56, 7), 7), *[59] * 4]


def test_every_member_is_a_twin_of_the_first_who_is_preferred():
  seen = circle(np.random.default_rng(6).uniform(0, 90, 300))
  rank = np.random.default_rng(7).permutation(300)
  first = twin_groups.groups(near(seen, of_angle(1), 6), rank, most=300)
  assert twins.distances(seen.x, np.arange(300), first).max() <= of_angle(1)
  assert (rank[first] <= rank).all() and (first[first] == first).all()
  firsts = np.unique(first)
  one, other = np.triu_indices(len(firsts), 1)
  apart = twins.distances(seen.x, firsts[one], firsts[other])
  assert apart.min() > of_angle(1)


def test_of_too_large_a_group_the_nearest_stay():
  seen = circle([0, 1, 2, 3, 4, 5])
  first = twin_groups.groups(near(seen, of_angle(9), 2), np.arange(6), most=3)
  assert first.tolist() == [0, 0, 0, 3, 3, 3]


def test_who_is_not_alike_is_no_twin_however_crowded_it_is():
  seen = circle([0] * 10)._replace(contrast=np.array([10.0, 90.0] * 5))
  first = twin_groups.groups(near(seen, 0.1, 3), np.arange(10), most=64)
  assert first.tolist() == [0, 1] * 5


def test_a_twin_on_the_other_side_is_found_behind_any_number_of_others():
  x = circle([*np.linspace(0, 1, 30), 2.5, 50])
  there = np.arange(32) == 30
  found = twin_groups.beside(near(x, of_angle(2), 3), ~there, there)
  degrees = np.array([*np.linspace(0, 1, 30), 2.5, 50])
  expected = ~there & (2.5 - degrees <= 2) & (degrees < 3)
  np.testing.assert_array_equal(found, expected)
  assert 0 < found.sum() < 30


def test_centres_are_means_of_groups():
  x = np.array([[0.0], [1], [5], [9], [7]])
  got = twin_groups.centres(x, np.array([0, 0, 2, 0, 2]))
  np.testing.assert_allclose(got, [10 / 3, 7 / 3, 1, 17 / 3, 1])
