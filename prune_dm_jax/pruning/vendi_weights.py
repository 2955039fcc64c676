"""Vendi's weights: those by which a set would be the most varied (Friedman, 2022).

  max over p of -tr C log C,   C = sum_i p_i u_i u_i^T,   u_i = f_i / ||f_i||
  p_i <- p_i exp(g_i) / sum,   g_i = -u_i^T (log C) u_i,   score_i = N p_i

The Vendi score is the exponential of that entropy, and greatest at one p or more, as
it is concave. Exponentiated gradient (Kivinen & Warmuth, 1997) with a step of 1
never lowers it; this is Blahut's and Arimoto's for a quantum channel (Nagaoka,
1998). It is at most max g - entropy below its greatest.
"""

import concurrent.futures
import functools

import numpy as np

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning.components import THREADS

TURNS = 30
CLOSE = 0.05
"""To the greatest entropy: the score is 5 % below its own."""

NUMBERS = 2**20
"""Of features that a thread has in memory at a time."""

NONE = 1e-12
"""Eigenvalues of less are of rounding alone."""


def scores(given, *, key, components=0):
  """How much a picture would weigh in the most varied set.

  Args:
    given: features [N, D], and perhaps a counter.
    key: Of the components.
    components: How many principal components are compared; 0: the features.

  Returns:
    score [N] float32, 1 on average, error [N] float32 (NaN: there is none), group
    [N] zeros.
  """
  counter = given.get('counter', cluster.silent)
  features = cluster.compared(
    given['features'], False, components, cluster.seed_of(key), counter=counter
  )
  say = counter('weights', TURNS + 1)
  score = weights(features, say).astype(np.float32)
  return score, np.full_like(score, np.nan), np.zeros(len(score), np.int32)


def weights(features, say=lambda done: None):
  """[N] p times N, of features [N, D]."""
  import threadpoolctl

  log = np.zeros((features.shape[1],) * 2, np.float32)
  found, entropy = np.ones(len(features)), 0.0
  with threadpoolctl.threadpool_limits(1):  # Sums in one order: the same bits.
    for turn in range(TURNS + 1):
      found, matrix, most = turned(features, found, log, entropy)
      if turn and most - entropy < CLOSE:
        break
      log, entropy = logarithm(matrix)
      say(turn + 1)
  return found / found.mean()


def turned(features, found, log, entropy):
  """Weights [N] after a turn, their C [D, D] of trace 1, and the most g before."""
  height = max(NUMBERS // features.shape[1], 1)
  firsts = range(0, len(features), height)
  of_block = functools.partial(block, features, found, log, entropy, height)
  after, total, most = np.empty(len(found)), 0.0, -np.inf
  with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
    for i in range(0, len(firsts), THREADS):
      some = firsts[i : i + THREADS]
      for first, (own, product, highest) in zip(
        some, pool.map(of_block, some), strict=True
      ):
        after[first : first + height] = own
        total, most = total + product, max(most, highest)
  trace = np.trace(total)
  return after / trace, total / trace, most


def block(features, found, log, entropy, height, first):
  """weights [b], what they add to C, and the most g, of the block at `first`."""
  rows = features[first : first + height]
  length = np.sqrt(np.einsum('nd,nd->n', rows, rows))
  rows = rows / np.where(length > 0, length, 1)[:, None]
  g = -np.einsum('nd,nd->n', rows @ log, rows).astype(np.float64)
  own = found[first : first + height] * np.exp(g - entropy)
  product = (rows * own[:, None].astype(np.float32)).T @ rows
  return own, product.astype(np.float64), g.max()


def logarithm(matrix):
  """log C [D, D] float32, and the entropy -tr C log C."""
  values, vectors = np.linalg.eigh(matrix)
  logs = np.log(np.maximum(values, NONE))
  found = (vectors * logs) @ vectors.T
  return found.astype(np.float32), -(values * logs).sum()
