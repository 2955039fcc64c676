"""What every metric promises: a line in METRICS is enough to be tested."""

import numpy as np
import pytest

from prune_dm_jax.metrics import METRICS
from prune_dm_jax.metrics import asked_class
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import inception_score
from prune_dm_jax.metrics import intervals

CLASSES = 8


def made(rng, number):
  labels = rng.integers(0, CLASSES, number) * rng.integers(0, 2, number)
  features = rng.normal(size=(number, 6)) + labels[:, None]
  logits = 4 * np.eye(CLASSES)[labels] + rng.normal(size=(number, CLASSES))
  return dict(features=features, logits=logits, labels=labels)


@pytest.fixture
def given():
  """All that a metric may ask for."""
  rng = np.random.default_rng(0)
  sets = {'': made(rng, 120), 'reference_': made(rng, 90)}
  sets['training_'] = made(rng, 150)
  found = {f'{s}{n}': a for s, of in sets.items() for n, a in of.items()}
  found['reference_moments'] = frechet.moments(found['reference_features'])
  found['training_kept'] = np.arange(150) % 3 > 0
  found['training_group'] = found['training_labels'] // 2
  found['same_noise_features'] = found['features'] + 0.1
  return found


@pytest.mark.parametrize('name', METRICS)
def test_it_asks_for_what_is_described_and_no_more(name, given):
  needs = METRICS[name].needs
  extra = ('reference_features',) if name == 'memorization' else ()
  METRICS[name].compute({need: given[need] for need in (*needs, *extra)})


@pytest.mark.parametrize('name', METRICS)
def test_its_values_are_finite_and_inside_their_intervals(name, given):
  for value, low, high in METRICS[name].compute(given).values():
    assert np.isfinite(value)
    assert np.isnan(low) or low <= value <= high


@pytest.mark.parametrize('name', METRICS)
def test_the_order_of_the_reference_does_not_matter(name, given):
  turned = {
    key: array[::-1] if key.startswith('reference_f') else array
    for key, array in given.items()
  }
  one, other = (METRICS[name].compute(g) for g in (given, turned))
  drawn = name == 'kernel_distance'  # Its subsets are other ones.
  for key in one:
    np.testing.assert_allclose(
      one[key][0], other[key][0], rtol=0.2 if drawn else 1e-9, atol=1e-12
    )


OF_FEATURES = [n for n, m in METRICS.items() if 'features' in m.needs]


@pytest.mark.parametrize('name', OF_FEATURES)
def test_features_that_are_not_finite_are_refused_by_their_place(name, given):
  given['features'][7, 2] = np.nan
  with pytest.raises(ValueError, match='example 7 are not finite'):
    METRICS[name].compute(given)


def test_inception_score_is_the_number_of_classes_when_sure_and_even():
  sure = np.eye(4)[np.arange(100) % 4]
  np.testing.assert_allclose(inception_score.score(sure), 4)


def test_inception_score_is_one_when_nothing_is_told_apart():
  same = np.tile([0.7, 0.2, 0.1], (50, 1))
  np.testing.assert_allclose(inception_score.score(same), 1)


def test_asked_class_is_the_share_that_was_asked():
  given = {'logits': np.eye(3)[[0, 1, 2, 2]], 'labels': np.array([0, 1, 2, 0])}
  value, low, high = asked_class.metric(given)['asked_class']
  assert value == 0.75 and low < 0.75 < high


def test_wilson_bounds_solve_their_equation():
  """Each end is where the share seen is z standard errors away."""
  low, high = intervals.wilson(0.3, 50)
  z, n, p = 1.96, 50, 0.3
  for bound in (low, high):
    np.testing.assert_allclose(
      (p - bound) ** 2, z**2 * bound * (1 - bound) / n, rtol=1e-9
    )
  assert low < p < high


@pytest.mark.parametrize('flag', [False, True])
def test_an_interval_of_a_share_is_of_shares(flag):
  for number in range(1, 60):
    value, low, high = intervals.share(np.full(number, flag))
    assert 0 <= low <= value <= high <= 1


def test_the_jackknife_of_a_mean_is_its_standard_error():
  x = np.random.default_rng(1).normal(size=10)
  value, half = intervals.jackknife(
    x.mean(), [np.delete(x, i).mean() for i in range(10)]
  )
  np.testing.assert_allclose(value, x.mean())
  np.testing.assert_allclose(half, 2.262 * x.std(ddof=1) / np.sqrt(10))


def test_the_jackknife_takes_away_a_bias_in_one_over_n():
  """The variance over n is (n - 1) / n too small; over n - 1 it is right."""
  x = np.random.default_rng(1).normal(size=10)
  less = [np.delete(x, i).var() for i in range(10)]
  value, _ = intervals.jackknife(x.var(), less)
  np.testing.assert_allclose(value, x.var(ddof=1))


def test_the_interval_of_a_mean_holds_it_nineteen_times_in_twenty():
  rng = np.random.default_rng(2)
  inside = 0
  for _ in range(1000):
    _, low, high = intervals.mean(rng.normal(size=100))
    inside += low < 0 < high
  assert 920 <= inside <= 975
