"""What a State remembers of its examples: the last loss of each, by its time.

  l_i = loss_i / m(t_i)      m: the moving mean of losses at such times, in BINS

A loss of flow matching says more of its time and noise than of its example, so that
the last raw one, which InfoBatch compares, would mostly tell who had an easy time. In
units of the mean at that time all are of mean 1; the noise of one draw stays. An
example that was never seen has 1, and so at first no one is below the mean.

It is a part of the State, 8 bytes an example, the same on every device: so it is
in checkpoints, and what follows from it is the same after a kill and on every host.
"""

import functools
from typing import Any
from typing import NamedTuple

import jax
import jax.numpy as jnp

EACH = 8
"""Bytes of an example: `now` and `then`."""

BINS = 20
DECAY = 0.99
"""Of the sums of losses in each bin, by step."""


class Memory(NamedTuple):
  """The `extra` of a State whose batches follow from it."""

  now: Any
  """[M] the last loss of each, in units of the mean at its time."""
  then: Any
  """[M] the same when the pass began."""
  at: Any
  """[3] int: which pass, how many of it are over, the step at which it began."""
  sums: Any
  """[BINS] of losses at times in each bin."""
  counts: Any
  """[BINS] and their number."""


ROWS = ('row', 'at')
"""What a batch says of its examples to `remember`, beside `weight`."""


@functools.lru_cache(maxsize=8)
def beside(init, size):
  """init(key) -> params, and the Memory of so many examples beside them."""

  def begin(key):
    params, _ = init(key)
    at, bins = jnp.zeros(3, jnp.int32), jnp.zeros(BINS)
    one = jnp.ones(size)
    return params, Memory(one, jnp.copy(one), at, bins, jnp.copy(bins))

  return begin


@functools.lru_cache(maxsize=8)
def weighed(objective):
  """An objective whose losses count by the `weight` [B] of a batch.

  objective: Its `seen` is the time [B] of each loss; see `flow.path`.
  """

  def losses(params, extra, batch, keys, *given):
    found, t = objective(params, extra, batch, keys, *given)
    rows = {name: batch[name] for name in ROWS}
    return batch['weight'] * found, rows | {'time': t, 'loss': found}

  return losses


def remember(memory, seen, key):
  """The Memory after a step, of what all devices have seen."""
  del key
  seen = jax.lax.all_gather(seen, 'data', tiled=True)
  row, at = seen['row'], seen['at'][-1]
  bins = jnp.clip(seen['time'] * BINS, 0, BINS - 1).astype(jnp.int32)
  those = jax.nn.one_hot(bins, BINS)
  sums = DECAY * memory.sums + (those * seen['loss'][:, None]).sum(0)
  counts = DECAY * memory.counts + those.sum(0)
  mean = jnp.maximum(sums[bins] / counts[bins], jnp.finfo(sums.dtype).tiny)
  then = jnp.where(at[0] > memory.at[0], memory.now, memory.then)
  last = jnp.where(repeated(row), len(memory.now), row)
  now = memory.now.at[last].set(seen['loss'] / mean, mode='drop')
  return Memory(now, then, at, sums, counts)


def repeated(rows):
  """[B] whether the same row [B] comes once more, later: the last one counts."""
  later = jnp.triu(rows[:, None] == rows[None], 1)
  return later.any(1)
