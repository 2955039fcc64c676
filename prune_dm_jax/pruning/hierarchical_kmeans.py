"""Hierarchical k-means: as many of each branch, on every level (Vo et al., 2024).

Clusters of features are clustered by their centres, and so are these, each time to an
EIGHTH as many. A number is spread evenly over the branches of the top, of each over
its own branches, down to the clusters; who has too few gives what is left to the
others. In a cluster pictures are drawn.

  score_i = -(place in which i is picked, from 0)

The branches take turns, so that fewer are a part of more. Centres follow density less
than pictures do, and those of centres less still: what is rare has a branch of its own.
"""

import numpy as np

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import uniform
from prune_dm_jax.pruning.kmeans import FITS

EIGHTH = 8


def scores(given, *, key, **options):
  """How early a picture is picked when all branches of clusters take turns.

  Args:
    given: features [N, D] and index [N], and perhaps a counter.
    key: Of the seeding of k-means, and of who is picked of a cluster.
    options: Of `cluster.scores`.

  Returns:
    score [N] float32, error [N] float32 (NaN: there is none), group [N] zeros.
  """
  _, centers, group = cluster.fitted(given, key=key, **options)
  fit, levels = FITS[options['kmeans']], [group]
  while (number := len(centers) // EIGHTH) > 1:
    centers, above = fit(
      centers, number, options['restarts'], cluster.seed_of(key)
    )
    levels.append(above[levels[-1]])
  draw = uniform.scores({'index': given['index']}, key=key)[0]
  score = -places(levels, draw).astype(np.float32)
  return score, np.full_like(score, np.nan), np.zeros(len(score), np.int32)


def places(levels, draw):
  """[N] places in which each is picked.

  Args:
    levels: [N] int each, which branch it is in, from the clusters to the top.
    draw: [N] distinct numbers: the first of a cluster, and of a turn.
  """
  place = draw
  for group in [*levels, np.zeros(len(draw), int)]:
    place = within(place, draw, group)
  return place


def within(place, draw, group):
  """[N] places among those of one's group, by place and then by draw."""
  order = np.lexsort((draw, place, group))
  sizes = np.bincount(group)
  found = np.empty(len(group), int)
  found[order] = (
    np.arange(len(group)) - (np.cumsum(sizes) - sizes)[group[order]]
  )
  return found
