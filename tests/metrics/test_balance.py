"""Balance over classes and clusters."""

import numpy as np
import pytest

from prune_dm_jax.metrics import balance
from prune_dm_jax.metrics import frechet


def classes(generated, training, number=4):
  return balance.classes(
    dict(logits=np.eye(number)[generated], training_labels=np.array(training))
  )


def test_spread_as_the_original_is_at_no_distance():
  found = classes([0, 0, 1, 2, 3, 3], [0, 0, 1, 2, 3, 3] * 5)
  assert found['class_total_variation'][0] == found['class_kl'][0] == 0


def test_total_variation_and_kl_are_their_formulas():
  found = classes([0, 0, 0, 1], [0, 1, 2, 3])
  np.testing.assert_allclose(found['class_total_variation'][0], 0.5)
  kl = 0.75 * np.log(3) + 0.25 * np.log(1)
  np.testing.assert_allclose(found['class_kl'][0], kl)
  np.testing.assert_allclose(found['class_kl_uniform'][0], kl)


@pytest.mark.parametrize('shift', [0, 0.2, 0.6])
@pytest.mark.parametrize('size', [200, 1000])
def test_intervals_hold_how_far_a_model_is_from_the_original(size, shift):
  """Of ten classes; by 60 draws of shares that are known."""
  rng, original = np.random.default_rng(0), np.arange(5, 15)
  p = original * np.repeat([1 + shift, 1 - shift], 5)
  p, q = balance.shares(p), balance.shares(original)
  draws = [rng.choice(10, size, p=p) for _ in range(60)]
  for name, of in dict(
    total_variation=balance.total_variation, kl=balance.divergence
  ).items():
    truth = of(p, q)
    found = [
      balance.with_interval(of, balance.counted(groups, 10), q)
      for groups in draws
    ]
    held = [low <= truth + 1e-9 and truth <= high for _, low, high in found]
    assert np.mean(held) >= 0.87, name  # 2.9 deviations below 0.95


def test_what_the_original_never_has_is_infinitely_far():
  assert classes([0, 1], [0, 0])['class_kl'][0] == np.inf


def test_rare_classes_are_the_quarter_that_is_fewest():
  training = [0] * 9 + [1] * 8 + [2] * 7 + [3]
  found = classes([3, 3, 0, 1], training)
  assert found['rare_classes'][0] == 0.5
  assert found['rare_classes_training'][0] == 1 / 25


def test_where_all_are_as_many_none_is_rare():
  assert 'rare_classes' not in classes([0, 1], [0, 1, 2, 3])


@pytest.fixture
def groups():
  """Clusters about (0, 0) and (9, 0), of 30 and 10 rows."""
  rng = np.random.default_rng(0)
  group = np.repeat([0, 1], [30, 10])
  return rng.normal(size=(40, 2)) + 9 * np.stack([group, 0 * group], 1), group


def clusters(features, groups, reference=None):
  training, group = groups
  return balance.clusters(
    dict(
      features=features,
      reference_features=training if reference is None else reference,
      training_features=training,
      training_group=group,
    )
  )


def test_a_picture_is_in_the_cluster_of_the_nearest_centre(groups):
  found = clusters(np.repeat([[0.5, 0], [8.0, 1]], 15, axis=0), groups)
  np.testing.assert_allclose(found['cluster_total_variation'][0], 0.25)
  assert found['cluster_total_variation_uniform'][0] == 0


def test_the_balanced_reference_is_the_one_with_clusters_repeated(groups):
  training, group = groups
  even = np.concatenate([training[group == 0], *[training[group == 1]] * 3])
  weights = balance.evened(group)
  mean, covariance = balance.weighted_moments(training, weights)
  expected = frechet.moments(even)
  np.testing.assert_allclose(mean, expected[0], rtol=1e-12)
  biased = 1 - np.square(weights).sum()
  np.testing.assert_allclose(covariance * biased, expected[1] * 59 / 60)


def test_an_even_set_is_nearer_the_balanced_reference(groups):
  training, group = groups
  even = np.concatenate([training[group == 0], *[training[group == 1]] * 3])
  moments = frechet.moments(training)
  plain = frechet.distance(*frechet.moments(even), *moments)
  balanced = clusters(even, groups)['frechet_distance_balanced'][0]
  assert balanced < 0.1 * plain


def test_equal_weights_give_the_plain_moments(monkeypatch):
  x = np.random.default_rng(0).normal(size=(50, 3))
  monkeypatch.setattr(frechet, 'BLOCK', 8)
  got = balance.weighted_moments(x, np.full(50, 1 / 50))
  np.testing.assert_allclose(got[0], x.mean(axis=0), atol=1e-12)
  np.testing.assert_allclose(got[1], np.cov(x.T), rtol=1e-9)
