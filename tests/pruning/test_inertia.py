import jax
import numpy as np
import pytest
from sklearn.datasets import make_blobs

from prune_dm_jax.pruning import inertia
from prune_dm_jax.pruning.kmeans import FITS

LADDER = (2, 4, 8, 12, 16, 20, 24, 32)
OPTIONS = dict(key=jax.random.key(0), restarts=10, normalize=False)


@pytest.mark.parametrize('fit', FITS)
@pytest.mark.parametrize(
  'blobs',
  [
    pytest.param(4, marks=pytest.mark.slow),
    8,
    pytest.param(12, marks=pytest.mark.slow),
  ],
)
def test_the_knee_of_separate_blobs_is_their_number(blobs, fit):
  x, _ = make_blobs(600, 10, centers=blobs, cluster_std=0.4, random_state=3)
  found = inertia.curve(x, LADDER, kmeans=fit, **OPTIONS)
  assert (np.diff(found) < 0).all()
  assert inertia.suggest(LADDER, found) == blobs


def test_the_knee_is_furthest_below_the_chord():
  assert inertia.suggest((1, 2, 3, 11), (100.0, 60.0, 5.0, 0.0)) == 3
  assert inertia.suggest((1, 6, 11), (10.0, 5.5, 0.0)) == 1


def test_inertia_of_one_cluster_is_the_variance():
  x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
  found = inertia.curve(x, (1, 50), kmeans='jax', **OPTIONS)
  np.testing.assert_allclose(found, [50 * x.var(axis=0).sum(), 0], atol=1e-4)


def test_a_ladder_beyond_the_examples_is_refused():
  with pytest.raises(ValueError, match='ends with 60 clusters.* 50 examples'):
    inertia.curve(np.ones((50, 4)), (2, 60), kmeans='jax', **OPTIONS)
