"""Nearest neighbours, balls, and what is made of them."""

import jax
import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from prune_dm_jax.metrics import balls
from prune_dm_jax.metrics import nearest
from prune_dm_jax.metrics import precision_recall
from prune_dm_jax.metrics import within


def drawn(number, width=6, seed=0):
  return np.random.default_rng(seed).normal(size=(number, width))


def brute(points, queries, k):
  found = NearestNeighbors(n_neighbors=k, algorithm='brute').fit(points)
  return found.kneighbors(queries)


@pytest.fixture(params=['whole', 'small blocks', 'one device'])
def blocks(request, monkeypatch):
  """Whatever the blocks and devices are, nothing may change."""
  if request.param == 'small blocks':
    for name, size in dict(PART=64, SLAB=16, QUERIES=48, CHUNK=20).items():
      monkeypatch.setattr(nearest, name, size)
    monkeypatch.setattr(balls, 'SIDE', 56)
  if request.param == 'one device':
    one = jax.sharding.Mesh(np.array(jax.devices()[:1]), ('data',))
    monkeypatch.setattr(nearest, 'data_mesh', lambda: one)


@pytest.mark.parametrize('number', [3, 40, 301])
def test_neighbours_are_those_of_scikit_learn(number, blocks):
  points, queries = drawn(number), drawn(111, seed=1)
  distance, index = nearest.nearest(queries, points, k=3)
  expected, places = brute(points, queries, 3)
  np.testing.assert_allclose(distance, expected, rtol=1e-12)
  np.testing.assert_array_equal(index, places)


def test_others_leave_out_the_point_and_nothing_else(blocks):
  points = drawn(200)
  points[7] = points[150]
  distance, index = within.others(points, k=2)
  expected, places = brute(points, points, 3)
  np.testing.assert_allclose(distance[8:150], expected[8:150, 1:], rtol=1e-12)
  np.testing.assert_array_equal(index[8:150], places[8:150, 1:])
  assert distance[7, 0] == 0 and index[7, 0] == 150 and index[150, 0] == 7


@pytest.mark.parametrize('number', [2, 9, 22, 24])
def test_of_few_points_all_others_are_found(number):
  points = drawn(number)
  distance, index = within.others(points, k=number - 1)
  for i, row in enumerate(index):
    assert sorted([i, *row]) == list(range(number))
  expected = np.linalg.norm(points[index] - points[:, None], axis=2)
  np.testing.assert_allclose(distance, expected, rtol=1e-12)


def test_of_many_in_one_place_each_has_another_at_no_distance():
  distance, index = within.others(np.ones((50, 4)), k=2)
  assert (distance == 0).all() and (index != np.arange(50)[:, None]).all()


def test_copies_far_from_the_origin_are_at_distance_zero():
  points = 1e4 + drawn(300).astype(np.float32)
  distance, index = nearest.nearest(points[::-1], points, k=1)
  assert (distance == 0).all()
  np.testing.assert_array_equal(index[:, 0], np.arange(300)[::-1])


def test_permuting_the_points_permutes_the_neighbours():
  points, queries = drawn(300), drawn(50, seed=1)
  order = np.random.default_rng(2).permutation(300)
  one, other = (
    nearest.nearest(queries, p, k=4) for p in (points, points[order])
  )
  np.testing.assert_allclose(one[0], other[0], rtol=1e-12)
  np.testing.assert_array_equal(one[1], order[other[1]])


def test_memory_maps_of_half_precision_are_read(tmp_path):
  np.save(tmp_path / 'points.npy', drawn(90).astype(np.float16))
  points = np.load(tmp_path / 'points.npy', mmap_mode='r')
  got, _ = nearest.nearest(points[:5], points, k=2)
  np.testing.assert_allclose(got, brute(points, points[:5], 2)[0], atol=1e-7)


def test_too_few_points_are_refused():
  with pytest.raises(ValueError, match='4 nearest neighbours .* of 3 points'):
    within.others(drawn(3), k=3)


def plain(reference, features, k, k_density):
  """The definitions, in float64."""
  apart = lambda a, b: np.sqrt(np.square(a[:, None] - b[None]).sum(axis=-1))
  radius = lambda x, k: np.sort(apart(x, x), axis=1)[:, k, None]
  between = apart(reference, features)
  inside = between <= radius(reference, k_density)
  return dict(
    precision=(between <= radius(reference, k)).any(axis=0).mean(),
    recall=(between <= radius(features, k).T).any(axis=1).mean(),
    density=inside.sum(axis=0).mean() / k_density,
    coverage=inside.any(axis=1).mean(),
  )


@pytest.mark.parametrize('shift', [0, 0.5, 2, 30])
def test_the_counts_are_those_of_the_definitions(shift, blocks):
  reference, features = drawn(150), drawn(130, seed=1) + shift
  got = precision_recall.metric(
    dict(features=features, reference_features=reference)
  )
  for name, value in plain(reference, features, 3, 5).items():
    np.testing.assert_allclose(got[name][0], value, rtol=1e-12)


def test_on_a_grid_of_ties_the_counts_are_still_those_of_the_definitions(
  blocks,
):
  """Every distance is the root of a whole number, and many are at a radius."""
  rng = np.random.default_rng(3)
  reference, features = (rng.integers(0, 4, (n, 3)) + 0.5 for n in (90, 80))
  got = precision_recall.metric(
    dict(features=features, reference_features=reference)
  )
  for name, value in plain(reference, features, 3, 5).items():
    np.testing.assert_allclose(got[name][0], value, rtol=1e-12)


def test_the_counts_are_those_of_prdc():
  """Made by, with prdc 0.2 and numpy 2:

  x, y = (np.random.default_rng(s).normal(size=(n, 12)) for s, n in
          ((0, 500), (1, 400)))
  prdc.compute_prdc(x, y + 0.3, nearest_k=5)
  """
  features = np.random.default_rng(1).normal(size=(400, 12)) + 0.3
  reference = np.random.default_rng(0).normal(size=(500, 12))
  got = precision_recall.metric(
    dict(features=features, reference_features=reference), k=5
  )
  for name, value in PRDC.items():
    np.testing.assert_allclose(got[name][0], value, rtol=1e-12)


PRDC = {'precision': 0.84, 'recall': 0.88, 'density': 0.9225, 'coverage': 0.884}


def test_a_set_and_itself_have_all_and_sets_far_apart_nothing():
  x = drawn(60)
  same = dict(features=x, reference_features=x)
  far = dict(features=x + 100, reference_features=x)
  names = ('precision', 'recall', 'f_score', 'coverage')
  got = [[precision_recall.metric(g)[n][0] for n in names] for g in (same, far)]
  assert got == [[1, 1, 1, 1], [0, 0, 0, 0]]


def test_one_point_again_and_again_is_precise_and_recalls_nothing():
  x = drawn(60)
  got = precision_recall.metric(
    dict(features=np.repeat(x[:1], 60, axis=0), reference_features=x)
  )
  assert got['precision'][0] == 1 and got['recall'][0] == 1 / 60


def test_a_ball_as_large_as_a_distance_holds_its_point():
  left, right = np.zeros((1, 2)), np.array([[3.0, 4], [3, 4.0000001]])
  found = balls.overlap(left, np.array([[5.0]]), right, np.array([[5.0], [5]]))
  assert found.in_left.tolist() == [[1], [0]]
  assert found.left_holds.tolist() == found.in_right.tolist() == [[True]]
