"""Every row of METHODS keeps the promises of pruning/__init__.py."""

import inspect
from fractions import Fraction

import jax
import numpy as np
import pytest
from sklearn.datasets import make_blobs

from configs import digits
from prune_dm_jax.data import looks
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import select

KEY = jax.random.key(0)
OPTIONS = digits.get_config().score.to_dict() | dict(num_clusters=4)
CLUSTER = {name: OPTIONS[name] for name in METHODS['cluster'].options}
FEATURES, BLOB = make_blobs(120, 5, centers=4, cluster_std=0.5, random_state=0)


RNG = np.random.default_rng(0)
LOSSES = RNG.normal(size=(2, 4, 120, 3)) ** 2
NORMS = RNG.normal(size=(2, 120, 3)) ** 2
TERMS = dict(
  dots=RNG.normal(size=(2, 120, 3)),
  squared_norms=RNG.normal(size=(2, 120, 3)) ** 2,
)
SUBSET = RNG.permutation(120) % 3
HELD_OUT = RNG.normal(size=(2, 4, 3)) ** 2


def given(index):
  return {
    'index': index,
    'features': FEATURES[index].astype(np.float32),
    'losses': LOSSES[:, :, index],
    'gradients': NORMS[:, index],
    'given': LOSSES[0, 0, index, 0],
    'labels': BLOB[index].astype(np.int32),
    'number': 60,
    'surrogates': {
      **{name: terms[:, index] for name, terms in TERMS.items()},
      'subset': SUBSET[index],
    },
    'held_out_losses': {
      'losses': LOSSES[0, :, index].swapaxes(0, 1),
      'held_out': HELD_OUT,
      'half': SUBSET[index] % 2,
    },
    'class_losses': LOSSES[:, :, index],
    'influences': {
      'slopes': TERMS['dots'][0, index],
      'half': SUBSET[index] % 2,
    },
    'looks': {name: NORMS[0, index, 0] for name in looks.COLUMNS},
    'twins': index // 3 * 3,
    'clusters': {'group': BLOB[index], 'distance': NORMS[1, index, 0]},
  }


def scores(name, index, key=KEY):
  method = METHODS[name]
  options = {option: OPTIONS[option] for option in method.options}
  return method.scores(given(index), key=key, **options)


@pytest.fixture(params=METHODS)
def name(request):
  return request.param


def test_scores_are_finite_float32_with_an_error_and_a_group_each(name):
  score, error, group = scores(name, np.arange(120))
  assert score.shape == error.shape == group.shape == (120,)
  assert score.dtype == error.dtype == np.float32 and group.dtype == np.int32
  assert np.isfinite(score).all()


def test_groups_are_clusters_where_it_says_so(name):
  many = len(np.unique(scores(name, np.arange(120))[2]))
  assert many == (4 if METHODS[name].in_clusters else 1)


def test_the_same_key_gives_the_same_scores(name):
  for a, b in zip(
    scores(name, np.arange(120)), scores(name, np.arange(120)), strict=True
  ):
    np.testing.assert_array_equal(a, b)


def test_scores_do_not_depend_on_the_order_of_the_data(name):
  shuffle = np.random.default_rng(0).permutation(120)
  straight = scores(name, np.arange(120))[0]
  np.testing.assert_allclose(
    scores(name, shuffle)[0], straight[shuffle], rtol=1e-5
  )


@pytest.fixture(scope='module')
def scored():
  """name -> score, error, group of the 120, computed once."""
  return {name: scores(name, np.arange(120)) for name in METHODS}


def chosen(scored, index=slice(None), *, prune_ratio, **options):
  score, _, group = scored
  number = select.number_kept(len(score), prune_ratio)
  return select.select(
    score[index], group[index], number=number, seed=0, **options
  )


@pytest.mark.parametrize('allocation', ['proportional', 'waterfill', 'whole'])
@pytest.mark.parametrize('keep', ['high', 'middle', 'low'])
def test_any_part_of_any_method_is_kept_exactly(scored, name, keep, allocation):
  for ratio in ('0', '0.25', '0.29', '0.5', '0.75', '0.9', '0.95', '0.99'):
    kept = chosen(
      scored[name], prune_ratio=float(ratio), keep=keep, allocation=allocation
    )
    assert len(set(kept)) == 120 - int(120 * Fraction(ratio))


@pytest.mark.parametrize('allocation', ['proportional', 'whole'])
@pytest.mark.parametrize('ratio', [Fraction(1, 4), Fraction(1, 2)])
def test_the_inverse_of_any_method_keeps_what_it_prunes(
  scored, name, ratio, allocation
):
  options = dict(allocation=allocation)
  low = chosen(scored[name], prune_ratio=ratio, keep='low', **options)
  high = chosen(scored[name], prune_ratio=1 - ratio, keep='high', **options)
  np.testing.assert_array_equal(np.sort(np.r_[low, high]), np.arange(120))


@pytest.mark.parametrize('allocation', ['proportional', 'waterfill', 'whole'])
@pytest.mark.parametrize('keep', ['high', 'middle', 'low'])
def test_data_in_another_order_keeps_the_same_score_values(
  scored, name, keep, allocation
):
  """The examples too, but for ties, which fall by the seed."""
  shuffle = np.random.default_rng(5).permutation(120)
  options = dict(prune_ratio=0.5, keep=keep, allocation=allocation)
  plain = chosen(scored[name], **options)
  moved = shuffle[chosen(scored[name], shuffle, **options)]
  score = scored[name][0]
  np.testing.assert_array_equal(np.sort(score[plain]), np.sort(score[moved]))


def test_its_direction_and_needs_are_known(name):
  assert METHODS[name].keep in ('high', 'low')
  assert set(METHODS[name].needs) <= given(np.arange(3)).keys()


def test_its_scores_say_what_they_are_as_a_gallery_shows(name):
  first, *_ = inspect.getdoc(METHODS[name].scores).split('\n')
  assert first[0].isupper() and first.endswith('.')


def test_random_is_uniform_and_another_key_draws_anew():
  index = np.arange(4000)
  draw = METHODS['random'].scores({'index': index}, key=KEY)[0]
  other = METHODS['random'].scores({'index': index}, key=jax.random.key(1))[0]
  assert abs(draw.mean() - 0.5) < 0.02 and abs(draw.std() - 12**-0.5) < 0.01
  assert abs(np.corrcoef(draw, other)[0, 1]) < 0.05


def test_random_scores_of_an_example_do_not_depend_on_the_others():
  alone = scores('random', np.array([7]))[0]
  assert alone[0] == scores('random', np.arange(120))[0][7]


def test_scores_of_ones_own_are_kept_apart_where_float32_would_not():
  own = METHODS['given'].scores
  for values in ([1e9, 1e9 + 1, 2.0], [1e300, 1.0, 2.0]):
    assert own({'given': np.array(values)}, key=KEY)[0].tolist() == values


def test_clusters_are_the_blobs_and_scores_their_radii():
  score, _, group = scores('cluster', np.arange(120))
  for blob in range(4):
    own = BLOB == blob
    assert len(set(group[own])) == 1
    center = FEATURES[own].mean(axis=0)
    radius = np.linalg.norm(FEATURES[own] - center, axis=1)
    np.testing.assert_allclose(score[own], radius, rtol=1e-4)


def test_normalized_features_are_compared_by_direction():
  options = CLUSTER | dict(num_clusters=2, normalize=True)
  rays = np.array([[1, 0], [5, 0], [0, 1], [0, 9]], np.float32)
  score, _, group = cluster.scores({'features': rays}, key=KEY, **options)
  assert group[0] == group[1] != group[2] == group[3]
  np.testing.assert_allclose(score, 0, atol=1e-6)


def test_more_clusters_than_examples_are_refused():
  with pytest.raises(ValueError, match='200 clusters of 120 examples'):
    cluster.scores(
      given(np.arange(120)), key=KEY, **(CLUSTER | dict(num_clusters=200))
    )


def test_features_that_are_not_finite_are_refused_by_their_place():
  features = FEATURES.astype(np.float32)
  features[11, 2] = np.nan
  with pytest.raises(ValueError, match='features of example 11'):
    cluster.scores({'features': features}, key=KEY, **CLUSTER)
