"""Principal components: the few directions in which features vary most.

  C = mean of (f_i - m)(f_i - m)^T,   C v = lambda v,   z_i = V^T (f_i - m)

A small C is computed, and its eigenvectors with it. A wide one is not: its
product with a few more vectors than are wanted is, five times, in a pass over
the features each (subspace iteration: Halko et al., 2011, Alg. 4.4). Features
may be on disk; a few thousand rows are in memory at a time. Products of a block of
rows are float32, as features are; blocks are taken by several threads, and added
up in float64 in their order.
"""

import collections
import concurrent.futures
import functools
import os

import numpy as np
from absl import logging

WIDE = 4096
"""Features whose covariance is not computed any more."""

NUMBERS = 2**23
"""Of features that are in memory at a time, 32 MiB of them."""

THREADS = min(os.cpu_count(), 4)
"""Blocks that are in memory at a time, each of one thread."""

FEW = 64
"""Rows that are read at a time."""

PRODUCTS = 5
MORE = 16
"""Vectors beside those that are wanted: the last of them converge slowly."""


class Rows:
  """Some rows of an array that may be on disk, read when they are asked for."""

  def __init__(self, array, index):
    self.array, self.index = array, index
    self.shape = (len(index), *array.shape[1:])

  def __len__(self):
    return len(self.index)

  def __getitem__(self, rows):
    return self.array[self.index[rows]]

  def __array__(self, dtype=None, copy=None):
    del copy
    return np.asarray(self[:], dtype)


def reduced(features, number, *, seed, prepare, counter):
  """[N, number] float32: features along their principal components.

  Args:
    features: [N, D], D above `number`.
    number: Of components, at most N.
    seed: Of the vectors that a wide covariance is multiplied with.
    prepare: (rows [b, D], place of the first) -> rows as they are compared.
    counter: (name, size) -> (rows done ->), which says how far it is.
  """
  import threadpoolctl

  size, width = features.shape
  number, passes = min(number, size), 2 + products(width)
  say = counter(f'{number} of {width:,} components', passes * size)
  read = functools.partial(each, features, prepare, say)
  with threadpoolctl.threadpool_limits(1):  # Sums in one order: the same bits.
    found, share = along(read, size, width, number, seed)
  logging.info(
    '%d of %s components have %.1f %% of the variance', number, f'{width:,}',
    100 * share,
  )  # fmt: skip
  return found


def along(read, size, width, number, seed):
  """`reduced`, and its share of the variance; read(i, f) is pass i, see `each`."""
  mean, variance = moments(read, size)
  if width > WIDE:
    values, vectors = iterated(read, mean, size, number, seed)
  else:
    values, vectors = eigen(covariance(read, mean), number, seed)
  found, vectors = np.empty((size, number), np.float32), single(vectors)
  place = lambda rows: less(rows, mean) @ vectors
  for first, rows in read(1 + products(width), place):
    found[first : first + len(rows)] = rows
  return found, values.sum() / (size * variance) if variance else 1.0


def products(width):
  """Passes over the features between the first and the last."""
  return PRODUCTS if width > WIDE else 1


def each(features, prepare, say, number, function):
  """Yields (first, function(rows [b, D])) of blocks in turn, in pass `number`.

  The function is called by several threads, of a block of float32 that it may
  write to, and that is another one's when it is done.
  """
  size, width = features.shape
  height = min(max(NUMBERS // width, 1), size)
  free = [np.empty((height, width), np.float32) for _ in range(THREADS)]

  def of_block(first):
    block = free.pop()
    rows = block[: size - first]
    for i in range(0, len(rows), FEW):
      some = slice(first + i, first + min(i + FEW, len(rows)))
      rows[i : i + FEW] = prepare(features[some], some.start)
    found = function(rows)
    free.append(block)
    return found

  firsts, ahead = collections.deque(range(0, size, height)), collections.deque()
  with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
    while firsts or ahead:
      while firsts and len(ahead) < THREADS:
        first = firsts.popleft()
        ahead.append((first, pool.submit(of_block, first)))
      first, found = ahead.popleft()
      yield first, found.result()
      say(number * size + min(first + height, size))


def moments(read, size):
  """Mean [D], and the variance, a number: the mean of squared lengths."""
  total, squares = 0.0, 0.0

  def sums(rows):
    total = rows.sum(axis=0, dtype=float)
    return total, np.square(rows, out=rows).sum(dtype=float)

  for _, (own, of_squares) in read(0, sums):
    total, squares = total + own, squares + of_squares
  mean = total / size
  return mean, max(squares / size - np.square(mean).sum(), 0.0)


def single(matrix):
  return matrix.astype(np.float32)


def less(rows, mean):
  """Rows less their mean, written over them."""
  rows -= mean
  return rows


def covariance(read, mean):
  """[D, D], times N."""
  found = np.zeros((len(mean), len(mean)))

  def product(rows):
    rows = less(rows, mean)
    return rows.T @ rows

  for _, own in read(1, product):
    found += own
  return found


def eigen(matrix, number, seed):
  """The largest eigenvalues [number], rising, and their vectors [D, number].

  By Lanczos, where they are few: all of them take a minute.
  """
  from scipy.sparse.linalg import eigsh

  if 4 * number >= len(matrix) or not matrix.any():
    values, vectors = np.linalg.eigh(matrix)
    return values[-number:], vectors[:, -number:]
  start = np.random.default_rng(seed).standard_normal(len(matrix))
  return eigsh(matrix, number, v0=start)


def multiplied(mean, basis, rows):
  """[D, k]: what these rows add to the covariance times the basis."""
  rows = less(rows, mean)
  return rows.T @ (rows @ basis)


def iterated(read, mean, size, number, seed):
  """`eigen` of the covariance, times N, that is only multiplied with."""
  number_more = min(number + MORE, size, len(mean))
  rng = np.random.default_rng(seed)
  vectors = rng.standard_normal((len(mean), number_more))
  for i in range(PRODUCTS):
    basis, _ = np.linalg.qr(single(vectors))
    vectors = np.zeros(basis.shape)
    for _, own in read(1 + i, functools.partial(multiplied, mean, basis)):
      vectors += own
  values, turned = np.linalg.eigh(basis.T @ vectors)
  return values[-number:], basis @ turned[:, -number:]
