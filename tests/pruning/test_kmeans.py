"""Our k-means against its definition in float64, and against scikit-learn's."""

import jax
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from configs import digits
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import assign
from prune_dm_jax.pruning import blocks as blocks_lib
from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import kmeans_start
from prune_dm_jax.pruning import lloyd
from prune_dm_jax.pruning.kmeans import FITS

RNG = np.random.default_rng(0)
BLOBS, BLOB = make_blobs(300, 6, centers=5, cluster_std=0.5, random_state=1)
BLOBS = BLOBS.astype(np.float32)
LOOSE = make_blobs(1501, 16, centers=40, cluster_std=4.0, random_state=2)[0]
LOOSE = LOOSE.astype(np.float32)


def definition(x, centers):
  """group, squared distances and means, in float64."""
  x, centers = x.astype(np.float64), centers.astype(np.float64)
  apart = np.square(x[:, None] - centers[None]).sum(axis=-1)
  group = apart.argmin(axis=1)
  means = np.stack([x[group == k].mean(axis=0) for k in range(len(centers))])
  return group, apart.min(axis=1), means


def start(blocks, num_clusters):
  return blocks_lib.rows_at(blocks, np.arange(num_clusters))


def inertia_of(fit):
  centers, group = fit
  return np.square(LOOSE - centers[group]).sum()


@pytest.mark.parametrize('num_clusters', [1, 7, 8, 37])
def test_a_step_is_that_of_the_definition(num_clusters):
  blocks = blocks_lib.place(LOOSE)
  centers = start(blocks, num_clusters)
  x = LOOSE - blocks.shift
  group, apart, means = definition(x, centers)
  found = assign.nearest(blocks, centers)
  np.testing.assert_array_equal(found[0], group)
  np.testing.assert_allclose(found[1], apart, rtol=1e-5, atol=1e-5)
  got = lloyd.step(blocks, centers)
  assert got.dtype == np.float64
  np.testing.assert_allclose(got, means, atol=2e-6)


@pytest.mark.parametrize('devices', [1, 2, 4])
@pytest.mark.parametrize('rows, slab', [(8192, 2048), (128, 64), (320, 128)])
def test_devices_and_blocks_change_nothing_but_rounding(devices, rows, slab):
  whole = blocks_lib.place(LOOSE, devices=jax.devices()[:1])
  cut = blocks_lib.place(
    LOOSE, devices=jax.devices()[:devices], rows=rows, slab=slab
  )
  assert cut.x[0].sharding.num_devices == devices
  assert all(x.shape[1] <= slab for x in cut.x)
  key = jax.random.key(0)
  seeds = [kmeans_start.centers(b, 20, key) for b in (whole, cut)]
  np.testing.assert_allclose(*seeds, atol=1e-6)
  moved = [lloyd.iterate(b, seeds[0], 5, 0.0) for b in (whole, cut)]
  np.testing.assert_allclose(*moved, atol=1e-5)


def test_inertia_never_rises():
  blocks = blocks_lib.place(LOOSE)
  centers, before = start(blocks, 30), np.inf
  for _ in range(15):
    now = assign.nearest(blocks, centers)[1].sum(dtype=np.float64)
    assert now <= before * (1 + 1e-7)
    before, centers = now, lloyd.step(blocks, centers)
  assert now < 0.99 * assign.nearest(blocks, start(blocks, 30))[1].sum()


def test_empty_clusters_start_again_on_the_furthest_distinct_rows():
  x = np.array([[0], [1], [9], [9], [-20]], np.float32)
  blocks = blocks_lib.place(x)
  centers = np.zeros((4, 1)) - blocks.shift
  moved = lloyd.step(blocks, centers) + blocks.shift
  np.testing.assert_allclose(moved.ravel(), [-0.2, -20, 9, 1], atol=1e-6)


@pytest.mark.parametrize('iterations', [0, 1, 300])
def test_no_cluster_is_empty_where_there_are_rows_enough(iterations):
  x = np.repeat(LOOSE[:60], 3, axis=0)
  blocks = blocks_lib.place(x)
  same = np.zeros((50, 16)) + blocks_lib.rows_at(blocks, [0])
  centers = lloyd.iterate(blocks, same, iterations, 0.0)
  _, group, _ = lloyd.settle(blocks, centers)
  assert len(set(group)) == 50


def test_as_many_clusters_as_distinct_rows_are_those_rows():
  x = np.repeat(LOOSE[:30], 4, axis=0)
  centers, group = lloyd.fit(x, 30, 1, 0)
  np.testing.assert_allclose(centers[group], x, atol=1e-5)
  centers, group = lloyd.fit(x, 33, 1, 0)
  np.testing.assert_allclose(centers[group], x, atol=1e-5)


def test_sums_are_exact_far_from_zero_and_over_many_blocks():
  x = RNG.normal(size=(60000, 3)).astype(np.float32) + np.float32(1000)
  x[:, 0] = np.where(np.arange(60000) % 3, 0.1, 9)
  for rows in (64, 8192):
    blocks = blocks_lib.place(x, devices=jax.devices()[:1], rows=rows, slab=64)
    centers = lloyd.iterate(blocks, start(blocks, 2), 3, 0.0) + blocks.shift
    means = [x[x[:, 0] == x[k, 0]].mean(axis=0, dtype=float) for k in (0, 1)]
    np.testing.assert_allclose(centers, means, rtol=3e-9, atol=1e-6)


def test_rounding_errors_of_a_sum_are_kept():
  high, low = np.float32(2**24), np.float32(0)
  for _ in range(5):
    high, low = jax.jit(assign.two_sum)(high, low, np.float32(1))
  assert float(high) + float(low) == 2**24 + 5


def test_both_ways_of_adding_rows_give_the_same_sums():
  x = RNG.integers(-9, 9, (64, 3)).astype(np.float32)
  group = RNG.integers(0, 6, 64)
  np.testing.assert_array_equal(
    assign.by_rows(x, group, num_clusters=6),
    assign.by_product(x, group, num_clusters=6),
  )


def test_the_first_of_equal_maxima_is_taken():
  near = RNG.integers(0, 3, (24, 500)).astype(np.float32)
  np.testing.assert_array_equal(assign.top(near), near.argmax(axis=0))


def test_odds_of_a_draw_are_those_given():
  identity = RNG.integers(2**32, size=40000, dtype=np.uint32)
  apart = np.where(np.arange(40000) % 2, 3.0, 1.0)
  apart[:100] = 0
  drawn = kmeans_start.draw(jax.random.key(0), identity, apart, 1000)
  assert len(set(drawn)) == 1000 and drawn.min() >= 100
  assert abs((drawn % 2).mean() - 0.75) < 0.04


def test_a_candidate_weighs_as_many_as_it_is_nearest_to():
  blocks = blocks_lib.place(LOOSE)
  keys = jax.random.split(jax.random.key(0), 3)
  rows, weight = kmeans_start.candidates(blocks, 20, keys)
  assert len(rows) == len(set(map(bytes, rows))) == 61
  group = assign.nearest(blocks, rows)[0]
  np.testing.assert_array_equal(weight, np.bincount(group, minlength=61))


def test_seeds_are_picked_by_weight():
  rows = np.array([[0.0], [1.0], [9.0]], np.float32)
  for seed in range(5):
    heavy = np.array([1, 1e9, 1])
    assert kmeans_start.greedy(rows, heavy, 1, seed) == [[1.0]]


@pytest.mark.parametrize('fit', FITS)
def test_the_same_seed_gives_the_same_bits(fit):
  for a, b in zip(
    FITS[fit](LOOSE, 20, 2, 5), FITS[fit](LOOSE, 20, 2, 5), strict=True
  ):
    np.testing.assert_array_equal(a, b)
  other = FITS[fit](LOOSE, 20, 1, 6)[0]
  assert not np.array_equal(other, FITS[fit](LOOSE, 20, 1, 5)[0])


@pytest.mark.parametrize('fit', FITS)
def test_clusters_are_the_blobs(fit):
  centers, group = FITS[fit](BLOBS, 5, 10, 0)
  assert centers.dtype == np.float64 and group.dtype == np.int32
  for blob in range(5):
    (own,) = set(group[BLOB == blob])
    np.testing.assert_allclose(
      centers[own], BLOBS[BLOB == blob].mean(axis=0), atol=1e-4
    )


@pytest.mark.parametrize('fit', FITS)
def test_scores_do_not_depend_on_the_order_of_the_data(fit):
  options = digits.get_config().score.to_dict() | dict(
    num_clusters=5, kmeans=fit
  )
  options = {name: options[name] for name in METHODS['cluster'].options}
  score = lambda x: cluster.scores(
    {'features': x}, key=jax.random.key(0), **options
  )[0]
  order = RNG.permutation(300)
  np.testing.assert_allclose(
    score(BLOBS[order]), score(BLOBS)[order], rtol=1e-4
  )


def test_our_seeding_follows_the_examples_wherever_they_stand():
  order = RNG.permutation(len(LOOSE))
  straight, shuffled = (
    lloyd.fit(LOOSE, 25, 1, 0),
    lloyd.fit(LOOSE[order], 25, 1, 0),
  )
  np.testing.assert_array_equal(shuffled[1], straight[1][order])
  np.testing.assert_allclose(shuffled[0], straight[0], atol=1e-5)


def test_inertia_is_within_a_hundredth_of_scikit_learns():
  ours = inertia_of(lloyd.fit(LOOSE, 40, 3, 0))
  theirs = KMeans(40, n_init=3, random_state=0).fit(LOOSE.astype(float))
  assert ours <= 1.01 * theirs.inertia_


def test_the_best_restart_is_taken():
  best = lambda restarts: np.array(
    [inertia_of(lloyd.fit(LOOSE, 40, restarts, seed)) for seed in range(4)]
  )
  one, three = best(1), best(3)
  assert (three <= one).all() and (three < one).any()


def test_a_memory_map_is_read_as_it_is(tmp_path):
  np.save(tmp_path / 'f.npy', LOOSE)
  mapped = np.load(tmp_path / 'f.npy', mmap_mode='r')
  for a, b in zip(
    lloyd.fit(mapped, 9, 1, 0), lloyd.fit(LOOSE, 9, 1, 0), strict=True
  ):
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize('fit', FITS)
def test_more_clusters_than_examples_are_refused(fit):
  with pytest.raises(
    ValueError, match='200 clusters of 120 examples: .*prune, --clusters'
  ):
    cluster.scores(
      {'features': BLOBS[:120]}, key=jax.random.key(0), num_clusters=200,
      restarts=1, normalize=False, kmeans=fit,
    )  # fmt: skip
