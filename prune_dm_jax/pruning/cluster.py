"""Clustering: distance to the centre of one's own cluster (the paper, 3.2).

  score_i = || f_i - centre(group_i) ||_2

Low is near the centre, the paper's direction; high, its inverse, is far. Where
features are many, f_i may be their principal components in place of all.
"""

import functools

import jax
import numpy as np

from prune_dm_jax.pruning import components as components_lib
from prune_dm_jax.pruning.kmeans import FITS
from prune_dm_jax.pruning.kmeans import distances

KEY = 'cluster'
"""Whose key k-means has, whoever asks for it: the same clusters."""


def scores(
  given, *, key, num_clusters, restarts, normalize, kmeans, components=0
):
  """Distance of each example's features to its k-means centre.

  Args:
    given: features [N, D], and perhaps a counter.
    key: Of the seeding of k-means.
    num_clusters: K.
    restarts: How many seedings; the one of least inertia is taken.
    normalize: Whether features are scaled to length 1, for fit and for rank.
    kmeans: Which of FITS.
    components: How many principal components are compared; 0: the features.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] int32.
  """
  features, centers, group = fitted(
    given, key=key, num_clusters=num_clusters, restarts=restarts,
    normalize=normalize, kmeans=kmeans, components=components,
  )  # fmt: skip
  score = distances(features, centers, group).astype(np.float32)
  return score, np.full_like(score, np.nan), group


def fitted(
  given, *, key, num_clusters, restarts, normalize, kmeans, components=0
):
  """features [N, D'] as they are compared, centres [K, D'] and group [N]."""
  if num_clusters > len(given['features']):
    raise ValueError(
      f'{num_clusters} clusters of {len(given["features"])} examples: lower '
      '--config.score.num_clusters (of prune, --clusters)'
    )
  features = compared(
    given['features'], normalize, components, seed_of(key),
    counter=given.get('counter', silent),
  )  # fmt: skip
  centers, group = FITS[kmeans](features, num_clusters, restarts, seed_of(key))
  return features, centers, group


def seed_of(key):
  return int(jax.random.randint(key, (), 0, 2**31 - 1))


def silent(name, size):
  """A counter that says nothing."""
  del name, size
  return lambda done: None


def compared(features, normalize, components, seed, *, counter=silent):
  """[N, D'] float32 of what k-means compares: features, or components of them.

  Features of no more numbers than there should be components stay as they are.
  """
  if not 0 < components < features.shape[1]:
    return prepared(features, normalize=normalize)
  return components_lib.reduced(
    features,
    components,
    seed=seed,
    prepare=functools.partial(prepared, normalize=normalize),
    counter=counter,
  )


def prepared(features, first=0, *, normalize):
  """[N, D] float32, all finite, of length 1 if asked for.

  `first` is the place of the first among all examples.
  """
  features = np.asarray(features, np.float32)
  finite = np.array([np.isfinite(row).all() for row in features], bool)
  if not finite.all():
    raise ValueError(
      f'the features of example {first + int(np.argmin(finite))} are not finite'
    )
  if normalize:
    length = np.array([np.linalg.norm(row) for row in features], np.float32)
    if not length.all():
      raise ValueError(
        f'the features of example {first + int(np.argmin(length))} are all zero '
        'and have no direction; use --config.score.normalize=False'
      )
    features = features / length[:, None]
  return features
