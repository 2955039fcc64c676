"""k-means||: where the centres start (Bahmani et al., 2012).

In each round K examples are drawn, with odds in proportion to their squared
distance to all that were drawn before. Each of these then weighs as many
examples as it is nearest to, and greedy k-means++ picks K of them by weight: a
few passes over the data in place of K.

What an example draws follows from its features and not from its place, so that
data in another order has the same centres.
"""

import jax
import numpy as np

from prune_dm_jax.pruning import blocks as blocks_lib
from prune_dm_jax.pruning.assign import nearest


def centers(blocks, num_clusters, key, *, rounds=8):
  """[K, D] rows of the blocks to start from.

  Args:
    blocks: From `blocks.place`.
    num_clusters: K.
    key: Of all draws.
    rounds: How often K examples are drawn, after a first one.
  """
  rows, weight = candidates(blocks, num_clusters, jax.random.split(key, rounds))
  if len(rows) <= num_clusters:
    return np.resize(rows, (num_clusters, rows.shape[1]))
  seed = int(jax.random.randint(key, (), 0, 2**31 - 1))
  return greedy(rows, weight, num_clusters, seed)


def candidates(blocks, num_clusters, keys):
  """Rows [M, D], and how many examples each is nearest to [M]."""
  size = len(blocks.identity)
  owner, drawn = np.zeros(size, np.int64), np.zeros(0, np.int64)
  apart = np.full(size, np.finfo(np.float32).max)
  for at_most, key in [(1, keys[0]), *((num_clusters, key) for key in keys)]:
    index = draw(key, blocks.identity, apart, at_most)
    if not len(index):
      break
    rows = blocks_lib.rows_at(blocks, index)
    filled = np.resize(rows, (num_clusters, rows.shape[1]))
    group, here = nearest(blocks, filled)
    nearer = here < apart
    owner[nearer] = len(drawn) + group[nearer]
    apart = np.minimum(apart, here)
    drawn = np.concatenate([drawn, index])
  weight = np.bincount(owner, minlength=len(drawn))
  return blocks_lib.rows_at(blocks, drawn), weight


def draw(key, identity, apart, at_most):
  """Distinct indices without replacement, at odds in proportion to apart [N].

  The examples race: of exponential times at these rates the shortest are taken
  (Efraimidis and Spirakis, 2006).
  """
  rate = np.where(apart > 0, apart, np.nan)
  time = np.asarray(times(key, identity), np.float64) / rate
  order = np.lexsort((identity, time))[: np.count_nonzero(apart)]
  return blocks_lib.distinct(identity, order, at_most)


@jax.jit
def times(key, identity):
  """[N] exponential draws, each of its example's own key."""
  own = lambda i: jax.random.exponential(jax.random.fold_in(key, i))
  return jax.vmap(own)(identity)


def greedy(rows, weight, num_clusters, seed):
  """[K, D] of rows [M, D]: the best of a few draws each (k-means++)."""
  import threadpoolctl
  from sklearn.cluster import kmeans_plusplus

  with threadpoolctl.threadpool_limits(1):
    found, _ = kmeans_plusplus(
      rows.astype(np.float64),
      num_clusters,
      sample_weight=weight,
      random_state=seed,
    )
  return found
