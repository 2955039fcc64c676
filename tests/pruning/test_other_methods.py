"""Methods beside the paper's, against closed forms and plain implementations."""

import itertools

import jax
import numpy as np
import pytest

from configs import digits
from prune_dm_jax.pruning import facility_location
from prune_dm_jax.pruning import greedy
from prune_dm_jax.pruning import herding
from prune_dm_jax.pruning import k_center
from prune_dm_jax.pruning import moderate
from prune_dm_jax.pruning import window_variance

KEY = jax.random.key(0)
SCORE = digits.get_config().score.to_dict()
GREEDY = [k_center, facility_location, herding]
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 3))
ROWS -= ROWS.mean(axis=0)


def apart(rows):
  return np.linalg.norm(rows[:, None] - rows, axis=-1)


def order(module, rows=ROWS):
  return np.argsort(module.places(rows), kind='stable').tolist()


def radius(rows, centers):
  return apart(rows)[:, list(centers)].min(axis=1).max()


def test_each_center_is_the_farthest_and_the_first_is_in_the_middle():
  distance, picked = apart(ROWS), [int(np.linalg.norm(ROWS, axis=1).argmin())]
  while len(picked) < 60:
    nearest = distance[:, picked].min(axis=1)
    picked.append(int(nearest.argmax()))
  assert order(k_center) == picked


def test_so_many_centers_reach_at_most_twice_as_far_as_the_best():
  for seed in range(5):
    rows = np.random.default_rng(seed).normal(size=(12, 2))
    rows -= rows.mean(axis=0)
    picked = order(k_center, rows)
    for many in (1, 2, 3, 4):
      every = itertools.combinations(range(12), many)
      best = min(radius(rows, centers) for centers in every)
      assert radius(rows, picked[:many]) <= 2 * best * (1 + 1e-6)


def covered(distance, picked):
  """What facilities lower, beside none: one that is farther than everything."""
  return (distance.max() * 2 - distance[:, picked].min(axis=1)).sum()


def test_each_facility_covers_most_of_what_is_left():
  distance, picked = apart(ROWS), []
  while len(picked) < 60:
    left = [j for j in range(60) if j not in picked]
    rank = lambda j: (
      round(covered(distance, [*picked, j]), 6), -distance[j].sum()
    )  # fmt: skip
    picked.append(max(left, key=rank))
  assert order(facility_location) == picked


def test_facilities_cover_the_share_of_the_best_that_is_promised():
  rows = RNG.normal(size=(12, 2))
  distance, picked = apart(rows), order(facility_location, rows)
  for many in (1, 2, 3, 4):
    every = itertools.combinations(range(12), many)
    best = max(covered(distance, list(some)) for some in every)
    found = covered(distance, picked[:many])
    assert found >= (1 - 1 / np.e) * best and (many > 1 or found == best)


def kernel(rows):
  squared = apart(rows) ** 2
  return np.exp(-squared / squared.mean())


def test_herding_moves_the_weights_as_its_paper_says():
  """w += mean - phi(pick), of phi with phi phi^T the kernel (Eq. 6, 7)."""
  values, vectors = np.linalg.eigh(kernel(ROWS))
  phi = vectors * np.sqrt(np.maximum(values, 0))
  weights, picked = phi.mean(axis=0), []
  while len(picked) < 60:
    left = [j for j in range(60) if j not in picked]
    picked.append(max(left, key=lambda j: phi[j] @ weights))
    weights = weights + phi.mean(axis=0) - phi[picked[-1]]
  assert order(herding) == picked


def discrepancy(rows, picked):
  """Of the means in the kernel's space, squared."""
  k = kernel(rows)
  some = k[picked]
  return k.mean() - 2 * some.mean() + some[:, picked].mean()


def test_what_is_herded_is_in_mean_nearer_to_all_than_a_draw_is():
  picked = order(herding)
  for many in (5, 10, 20, 40):
    draws = [np.random.default_rng(s).permutation(60)[:many] for s in range(50)]
    least = min(discrepancy(ROWS, draw) for draw in draws)
    assert discrepancy(ROWS, picked[:many]) < least


@pytest.mark.parametrize('module', GREEDY)
def test_of_a_large_cluster_few_distances_are_in_memory_at_a_time(
  module, monkeypatch
):
  whole = order(module)
  monkeypatch.setattr(greedy, 'SMALL', 10)
  monkeypatch.setattr(greedy, 'NUMBERS', 180)
  assert order(module) == whole


@pytest.mark.parametrize('module', [k_center, facility_location])
def test_who_is_the_same_as_one_that_is_picked_is_last_with_all_that_are(
  module,
):
  rows = np.tile(ROWS[:20], (3, 1))
  place = module.places(rows - rows.mean(axis=0))
  firsts = [place[i::20].min() for i in range(20)]
  assert sorted(firsts) == list(range(20))
  assert sorted(place)[20:] == [20] * 40


@pytest.mark.parametrize('module', GREEDY)
@pytest.mark.parametrize('size', [1, 2, 3])
def test_clusters_of_one_two_and_of_the_same_have_an_order(module, size):
  for rows in (RNG.normal(size=(size, 3)), np.zeros((size, 3))):
    place = module.places(rows - rows.mean(axis=0))
    assert place.shape == (size,) and place.min() == 0 <= place.max() < size


@pytest.mark.parametrize('module', GREEDY)
def test_each_cluster_is_picked_for_itself(module):
  rows = np.concatenate([ROWS, ROWS * 0.5 + 90]).astype(np.float32)
  options = {name: SCORE[name] for name in ('restarts', 'normalize', 'kmeans')}
  score, _, group = module.scores(
    {'features': rows}, key=KEY, num_clusters=2, **options
  )
  for own in (group == group[0], group == group[-1]):
    assert own.sum() == 60
    alone = rows[own].astype(float)
    alone = module.places(alone - alone.mean(axis=0))
    np.testing.assert_array_equal(-score[own], alone)


def test_moderate_is_the_distance_to_the_class_from_the_median():
  rows = np.array([[0, 0], [2, 0], [10, 0], [16, 0], [5, 5]], np.float32)
  score, error, group = moderate.scores(
    {'features': rows, 'labels': np.array([4, 4, 7, 7, -1])},
    key=KEY, normalize=False,
  )  # fmt: skip
  np.testing.assert_allclose(score, [0, 0, 2, 2, 1])  # Of 1, 1, 3, 3 and 0.
  assert np.isnan(error).all() and not group.any()


def test_centers_are_the_same_block_by_block(monkeypatch):
  own = RNG.permutation(60) % 4
  wanted = [ROWS[own == c].mean(axis=0) for c in range(4)]
  monkeypatch.setattr(moderate, 'AT_ONCE', 7)
  np.testing.assert_allclose(moderate.centers(ROWS, own), wanted)


def test_a_loss_that_moves_in_every_window_has_its_variance():
  """Of +-1 in turn five have a variance of 1.2; of a line of slope s, 2.5 s^2."""
  turns = np.array([1, -1] * 4)
  losses = np.stack([turns, 3 * np.arange(8), np.full(8, 9)], axis=1)
  given = {'losses': losses[None, :, :, None].astype(np.float32)}
  score, error, _ = window_variance.scores(given, key=KEY)
  np.testing.assert_allclose(score, [1.2, 22.5, 0], rtol=1e-6)
  short = {'losses': given['losses'][:, :2]}
  np.testing.assert_allclose(
    window_variance.scores(short, key=KEY)[0], [2, 4.5, 0], rtol=1e-6
  )


def test_window_variance_is_the_mean_over_windows_surrogates_and_draws():
  losses = RNG.normal(size=(2, 7, 5, 3)).astype(np.float32)
  score, error, _ = window_variance.scores({'losses': losses}, key=KEY)
  for i in range(5):
    windows = [
      np.var([losses[r, k + j, i, d] for j in range(5)], ddof=1)
      for r in range(2)
      for k in range(3)
      for d in range(3)
    ]
    assert abs(score[i] - np.mean(windows)) < 1e-5
  assert np.isfinite(error).all()
