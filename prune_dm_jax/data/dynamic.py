"""Passes in which an example stands by its last loss l_i: time as a way to prune.

  infobatch        l_i < mean l: e_i = (1 - r) w_i, g_i = 1 / (1 - r); else w_i, 1
  easy_to_uniform  e_i = w_i (1 + r (1 - s) (1 - 2 q_i)), g_i = 1

  n_i = floor(e_i) or ceil(e_i), E[n_i] = e_i, by systematic sampling (weighted.py)

w_i is how often i stands in a pass otherwise, n_i how often in this one, g_i what
its gradient then counts, r the share, q_i the rank of its loss in (0, 1), and s
the part that is over of the steps before `until`, from which on e_i = w_i, g_i = 1.

InfoBatch (Qin et al., 2024): E[sum_i n_i g_i x_i] = sum_i w_i x_i, so that the sum
of gradients over a pass is what it is without, of fewer examples. A curriculum's
is another on purpose: it begins with what is easy (after Bengio et al., 2009).
"""

import math
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import weighted


def infobatch(losses, share, over):
  """[M] e_i / w_i and [M] g_i; what never was below the mean always stays."""
  del over
  easy = losses < math.fsum(losses) / len(losses)  # To the bit on any host.
  return np.where(easy, 1 - share, 1.0), np.where(easy, 1 / (1 - share), 1.0)


def easy_to_uniform(losses, share, over):
  """[M] e_i / w_i and [M] g_i; equal losses have the mean of their ranks."""
  _, which, number = np.unique(losses, return_inverse=True, return_counts=True)
  ranks = (np.cumsum(number) - number / 2)[which] / len(losses)
  return 1 + share * (1 - over) * (1 - 2 * ranks), np.ones(len(losses))


SCHEDULES = {'infobatch': infobatch, 'easy_to_uniform': easy_to_uniform}
"""config.train.dynamic -> (losses [M], share, part that is over) -> e / w, g."""


class Order(NamedTuple):
  """The batches that follow from the losses at the beginning of each pass.

  A pass is a function of (seed, its number, losses, the step at which it began).
  It is drawn where what is left of the one before does not fill a batch.
  """

  schedule: str
  """A key of SCHEDULES."""
  share: float
  until: int
  """The step from which on all are drawn alike; a new pass begins there."""
  weights: Any
  """[M] above 0, or None: w_i, but for a factor by which its sum is whole."""
  size: int
  """M."""
  batch_size: int
  seed: int

  def expected(self, losses, begun):
    """e [M] and g [M] of a pass that begins at a step, of losses [M]."""
    weights = np.ones(self.size) if self.weights is None else self.weights
    times, gains = np.ones(self.size), np.ones(self.size)
    if begun < self.until:
      rule = SCHEDULES[self.schedule]
      times, gains = rule(losses, self.share, begun / self.until)
    whole = max(1, round(weights.sum())) / weights.sum()
    return times * (weights * whole), gains

  def one(self, losses, number, begun):
    """A pass: rows of `kept` [E], their `weight` g and `at` [E, 3].

    `at` is where the order stands after a row: which pass, how many of it are
    over, and the step at which it began.
    """
    expected, gains = self.expected(losses, begun)
    filled = np.append(expected, -expected.sum() % 1)  # To a whole sum.
    rng = np.random.default_rng([self.seed, number])
    rows = weighted.drawn(filled, rng)
    rows = rows[rows < self.size].astype(np.int32)
    over = 1 + np.arange(len(rows), dtype=np.int32)
    same = lambda value: np.full(len(rows), value, np.int32)
    return {
      'row': rows,
      'weight': gains[rows].astype(np.float32),
      'at': np.stack([same(number), over, same(begun)], axis=1),
    }

  def ahead(self, memory, step):
    """All batches that are decided at a step, [n, B, ...] of what `one` gives.

    memory: What the State has: `at` [3], and the losses [M] of `then`, when the
      pass began, and of `now`.
    """
    number, place, begun = map(int, memory.at)
    rest = self.one(memory.then, number, begun)
    if begun < self.until <= step:
      place = len(rest['row'])
    rest = {n: a[place:] for n, a in rest.items()}
    while len(rest['row']) < self.batch_size:
      number += 1
      further = self.one(memory.now, number, step)
      rest = {n: np.concatenate([a, further[n]]) for n, a in rest.items()}
    batches = len(rest['row']) // self.batch_size
    if step < self.until:
      batches = min(batches, self.until - step)
    cut = lambda a: a[: batches * self.batch_size]
    return {
      n: cut(a).reshape(batches, self.batch_size, *a.shape[1:])
      for n, a in rest.items()
    }
