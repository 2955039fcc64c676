import numpy as np
import pytest

from prune_dm_jax.metrics import METRICS
from prune_dm_jax.metrics import asked_class
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import inception_score

RNG = np.random.default_rng(0)


def made(number, classes=5):
  labels = RNG.integers(0, classes, number)
  features = RNG.normal(size=(number, 8)) + labels[:, None]
  logits = 4 * np.eye(classes)[labels] + RNG.normal(size=(number, classes))
  return dict(features=features, logits=logits, labels=labels)


@pytest.mark.parametrize('name', METRICS)
def test_it_gives_a_value_inside_its_interval(name):
  for value, low, high in METRICS[name](made(300), made(200)).values():
    assert np.isfinite(value)
    assert np.isnan(low) or low <= value <= high


@pytest.mark.parametrize('name', METRICS)
def test_the_order_of_the_reference_does_not_matter(name):
  generated, reference = made(300), made(200)
  turned = {k: v[::-1] for k, v in reference.items()}
  one, other = (METRICS[name](generated, r) for r in (reference, turned))
  for key in one:
    np.testing.assert_allclose(one[key], other[key], rtol=1e-9)


def test_frechet_is_zero_between_a_set_and_itself():
  features = made(300)['features']
  moments = frechet.moments(features)
  assert abs(frechet.distance(*moments, *moments)) < 1e-8


def test_frechet_between_gaussians_of_commuting_covariances():
  """|mu1 - mu2|^2 + sum (s1 - s2)^2 over the shared axes."""
  turn = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
  s1, s2 = np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 1, 1])
  cov = lambda s: (turn * s**2) @ turn.T
  mean1, mean2 = np.zeros(4), np.arange(4.0)
  got = frechet.distance(mean1, cov(s1), mean2, cov(s2))
  np.testing.assert_allclose(got, 14 + 1 + 0 + 4 + 9, rtol=1e-9)


def test_frechet_is_the_one_of_scipys_root():
  import scipy.linalg

  a, b = made(50)['features'], made(60)['features']
  (m1, c1), (m2, c2) = frechet.moments(a), frechet.moments(b)
  root = scipy.linalg.sqrtm(c1 @ c2).real
  expected = np.square(m1 - m2).sum() + np.trace(c1 + c2 - 2 * root)
  np.testing.assert_allclose(frechet.distance(m1, c1, m2, c2), expected)


def test_frechet_refuses_features_that_are_not_finite():
  features = np.ones((5, 2))
  features[3] = np.inf
  with pytest.raises(ValueError, match='example 3 are not finite'):
    frechet.moments(features)


def test_inception_score_is_the_number_of_classes_when_sure_and_even():
  sure = np.eye(4)[np.arange(100) % 4]
  np.testing.assert_allclose(inception_score.score(sure), 4)


def test_inception_score_is_one_when_nothing_is_told_apart():
  same = np.tile([0.7, 0.2, 0.1], (50, 1))
  np.testing.assert_allclose(inception_score.score(same), 1)


def test_asked_class_is_the_share_that_was_asked():
  logits = np.eye(3)[[0, 1, 2, 2]]
  labels = np.array([0, 1, 2, 0])
  value, low, high = asked_class.metric(
    {'logits': logits, 'labels': labels}, None
  )['asked_class']
  assert value == 0.75 and low < 0.75 < high


def test_wilson_bounds_solve_their_equation():
  """Each end is where the share seen is z standard errors away."""
  low, high = asked_class.wilson(0.3, 50)
  z, n, p = 1.96, 50, 0.3
  for bound in (low, high):
    np.testing.assert_allclose(
      (p - bound) ** 2, z**2 * bound * (1 - bound) / n, rtol=1e-9
    )
  assert low < p < high
