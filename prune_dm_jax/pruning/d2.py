"""D2: what is difficult where much is, and not beside what is picked (Maharana).

  x_i = d_i + sum_j e_ij d_j,   d_i = ||f_i - mean of the cluster||
  i_t = argmax_i x_i,   then x_j -= e_ij max(x_i, 0) of its neighbours j
  e_ij = exp(-||f_i - f_j||^2 / m),   m = mean of ||f_i - f_j||^2 over neighbours

Messages there and back on a graph of nearest neighbours (Maharana et al., 2024), of
whom at least one has the other among its NEAREST. Without labels and losses
difficult is what is far from the centre (Sorscher et al., 2022).
"""

import heapq

import numpy as np
import scipy.sparse

from prune_dm_jax.pruning import greedy

NEAREST = 10


def places(rows):
  """[n] places in which the rows [n, D], about their mean, are picked."""
  difficulty = np.sqrt(np.einsum('nd,nd->n', rows, rows))
  graph = weights(rows)
  value, found = difficulty + graph @ difficulty, np.empty(len(rows))
  heap = list(zip((-value).tolist(), range(len(rows)), strict=True))
  heapq.heapify(heap)
  for place in range(len(rows)):
    while -heap[0][0] > value[heap[0][1]]:  # It was more when it came here.
      pick = heap[0][1]
      heapq.heapreplace(heap, (-value[pick], pick))
    pick = heapq.heappop(heap)[1]
    found[pick] = place
    beside = slice(graph.indptr[pick], graph.indptr[pick + 1])
    value[graph.indices[beside]] -= graph.data[beside] * max(value[pick], 0)
  return found


def weights(rows):
  """[n, n] sparse and symmetric: e of neighbours."""
  size, number = len(rows), min(NEAREST, len(rows) - 1)
  near = np.empty((size, number), np.int64)
  squared = np.empty((size, number))
  for first, apart in greedy.blocks(greedy.apart(rows), size):
    own = first + np.arange(len(apart))
    apart[own - first, own] = np.inf
    near[own] = np.argpartition(apart, min(number, size - 1))[:, :number]
    squared[own] = np.take_along_axis(apart, near[own], axis=1)
  width = squared.mean() if number else 0
  edges = np.exp(squared / -(width or 1)).ravel()
  ends = np.repeat(np.arange(size), number), near.ravel()
  graph = scipy.sparse.coo_array((edges, ends), (size, size)).tocsr()
  return graph.maximum(graph.T).tocsr()


def scores(given, *, key, **options):
  """How early a picture is the most difficult that no picked one stands for.

  See `greedy.scores`.
  """
  return greedy.scores(places, given, key=key, **options)
