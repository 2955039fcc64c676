"""Every row of METHODS keeps the promises of pruning/__init__.py."""

import jax
import numpy as np
import pytest
from sklearn.datasets import make_blobs

from configs import digits
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import cluster

KEY = jax.random.key(0)
OPTIONS = digits.get_config().score.to_dict() | dict(num_clusters=4)
CLUSTER = {name: OPTIONS[name] for name in METHODS['cluster'].options}
FEATURES, BLOB = make_blobs(120, 5, centers=4, cluster_std=0.5, random_state=0)


def given(index):
  return {'index': index, 'features': FEATURES[index].astype(np.float32)}


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


def test_its_direction_and_needs_are_known(name):
  assert METHODS[name].keep in ('high', 'low')
  assert set(METHODS[name].needs) <= {'features'}


def test_random_is_uniform_and_another_key_draws_anew():
  index = np.arange(4000)
  draw = METHODS['random'].scores({'index': index}, key=KEY)[0]
  other = METHODS['random'].scores({'index': index}, key=jax.random.key(1))[0]
  assert abs(draw.mean() - 0.5) < 0.02 and abs(draw.std() - 12**-0.5) < 0.01
  assert abs(np.corrcoef(draw, other)[0, 1]) < 0.05


def test_random_scores_of_an_example_do_not_depend_on_the_others():
  alone = scores('random', np.array([7]))[0]
  assert alone[0] == scores('random', np.arange(120))[0][7]


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
