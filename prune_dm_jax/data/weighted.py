"""An order in which examples stand as often as their weights have it.

  w'_i = w_i E / sum_j w_j      E = round(sum_j w_j) examples an epoch
  n_i  = floor(w'_i) or ceil(w'_i),  E[n_i] = w'_i

So an example of weight 1 among such that sum to a whole number stands once in
every epoch, one of 2 twice, one of a half in every other. What is beyond whole
numbers is drawn by systematic sampling (Madow, 1949) along a permutation
that is new in each epoch: all marks one apart, from one uniform draw.
"""

import sys

import numpy as np


def drawn(expected, rng):
  """[E] rows, in any order, of which row i is expected[i] [M] times."""
  whole = np.floor(expected).astype(int)
  part = expected - whole
  order = rng.permutation(np.flatnonzero(part))
  ends = np.cumsum(part[order])
  marks = np.arange(round(part.sum())) + rng.random()
  places = np.searchsorted(ends, marks, side='right')
  more = order[np.minimum(places, len(order) - 1)]  # Rounding of the last end.
  return rng.permutation(
    np.append(np.repeat(np.arange(len(whole)), whole), more)
  )


class Batches:
  """At [step], the indices [B] of its global batch, of (weights, seed, step) alone."""

  def __init__(self, kept, weights, *, batch_size, seed):
    """kept: [M] indices; weights: [M] above 0; batch_size: B; seed: Of the order."""
    self.kept, self.batch_size = np.asarray(kept, np.int64), batch_size
    self.size = max(1, round(weights.sum()))
    self.expected = weights * (self.size / weights.sum())
    self.seed, self.last = seed, (-1, None)

  def __len__(self):
    return sys.maxsize // self.batch_size

  def __getitem__(self, step):
    places = step * self.batch_size + np.arange(self.batch_size)
    epochs, rows = np.divmod(places, self.size)
    parts = [self.epoch(e)[rows[epochs == e]] for e in np.unique(epochs)]
    return np.concatenate(parts)

  def epoch(self, number):
    """[E] indices of one epoch, of which the last that was asked is at hand."""
    at, found = self.last
    if at != number:
      rng = np.random.default_rng([self.seed, number])
      found = self.kept[drawn(self.expected, rng)]
      self.last = number, found
    return found
