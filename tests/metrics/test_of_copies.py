"""Copies of training pictures, and pairs of the same noise."""

import numpy as np
import pytest

from prune_dm_jax.metrics import memorization
from prune_dm_jax.metrics import same_noise


def drawn(number, width=6, seed=0):
  return np.random.default_rng(seed).normal(size=(number, width))


def memorized(features, training, kept=None, **more):
  kept = np.ones(len(training), bool) if kept is None else kept
  given = dict(features=features, training_features=training)
  return memorization.metric({**given, 'training_kept': kept, **more})


def test_copies_of_training_are_copies_and_others_are_not():
  training, new = drawn(200), drawn(100, seed=1)
  features = np.concatenate([training[:50], new[:50]])
  assert memorized(features, training)['copies'][0] == 0.5


def test_duplicates_in_training_hide_no_copy():
  training = np.repeat(drawn(100), 2, axis=0)
  assert memorized(training[:10], training)['copies'][0] == 1


def test_what_is_near_one_that_stands_twice_is_a_copy_and_near_what_was_kept():
  training, kept = np.repeat(drawn(50), 2, axis=0), np.arange(100) % 2 == 1
  features = training[::2] + 0.01
  kept[-1] = False
  got = memorized(features, training, kept)
  assert got['copies'][0] == 1 and got['nearest_was_kept'][0] == 49 / 50
  _, index, _, ratio = memorization.pairs(features, training, kept, number=50)
  assert kept[index].sum() == 49 and (ratio < 1 / 3).all()


def test_distances_are_to_the_full_and_to_the_kept():
  training = np.arange(10.0)[:, None]
  features = np.array([[0.1], [5.2], [9.0]])
  kept = np.arange(10) % 2 == 0
  got = memorized(features, training, kept, reference_features=features + 0.2)
  mean = lambda name: got[f'{name}_mean'][0]
  np.testing.assert_allclose(mean('generated_to_training'), (0.1 + 0.2 + 0) / 3)
  np.testing.assert_allclose(mean('generated_to_kept'), (0.1 + 0.8 + 1) / 3)
  np.testing.assert_allclose(
    mean('reference_to_training'), (0.3 + 0.4 + 0.2) / 3
  )
  np.testing.assert_allclose(got['generated_to_training_median'][0], 0.1)
  np.testing.assert_allclose(mean('training_to_training'), 1)
  np.testing.assert_allclose(got['nearest_was_kept'][0], 1 / 3)


def test_pairs_are_the_nearest_first():
  training = np.arange(10.0)[:, None]
  features = np.array([[0.4], [5.1], [9.0]])
  generated, index, distance, ratio = memorization.pairs(
    features, training, np.arange(10) > 0, number=2
  )
  assert generated.tolist() == [2, 1] and index.tolist() == [9, 5]
  np.testing.assert_allclose(distance, [0, 0.1], atol=1e-12)
  np.testing.assert_allclose(ratio, [0, 0.1 / 0.9], atol=1e-12)


def test_the_same_samples_are_alike_and_other_noise_is_not():
  x = drawn(500)
  got = same_noise.metric(dict(features=x, same_noise_features=x))
  np.testing.assert_allclose(got['same_noise_cosine'][0], 1)
  assert got['same_noise_distance'][0] == 0
  low, high = got['other_noise_cosine'][1:]
  assert low < 0 < high and got['other_noise_distance'][0] > 2


def test_other_noise_is_no_nearer_where_samples_stand_by_class():
  middles = np.repeat(10 * drawn(10), 20, axis=0)
  x = middles + drawn(200, seed=1)
  got = same_noise.metric(dict(features=x, same_noise_features=x))
  assert got['other_noise_cosine'][0] == pytest.approx(0, abs=0.15)


def test_samples_that_do_not_pair_up_are_refused():
  with pytest.raises(ValueError, match='there are 5 and 4'):
    same_noise.metric(dict(features=drawn(5), same_noise_features=drawn(4)))
