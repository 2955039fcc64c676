"""Batches of a DiT that follow from its own losses: config.train.dynamic.

Which batches come is decided at the beginning of a pass, of the State as it is in
a checkpoint (training/memory.py) and by one rule (data/dynamic.py), on every host.
"""

import collections
import functools

import jax
import numpy as np

from prune_dm_jax.data import dynamic
from prune_dm_jax.data import loader
from prune_dm_jax.stages import fitting
from prune_dm_jax.training import finite
from prune_dm_jax.training import memory
from prune_dm_jax.training import step as step_lib


def order(options, size, weights, seed):
  """The Order of config.train over so many examples."""
  return dynamic.Order(
    schedule=options.dynamic,
    share=options.dynamic_share,
    until=round(options.dynamic_until * options.steps),
    weights=weights,
    size=size,
    batch_size=options.batch_size,
    seed=seed,
  )


class Feed:
  """Batches of an Order; the State is that of `loop.train`, which tells it."""

  def __init__(self, order, kept):
    """kept: [M] indices, of which the Order has the rows."""
    self.order, self.kept = order, np.asarray(kept, np.int64)
    self.state = None
    self.recent = collections.deque(maxlen=finite.LAG + 2)

  def follow(self, state):
    """state: () -> the State after the newest step."""
    self.state = state

  def batches(self, start, read, *, rows, workers):
    """As `loader.batches`, with `row`, `weight` and `at` of what is read."""
    step = start
    while True:
      remembered = jax.tree.map(np.asarray, self.state().extra)
      some = self.order.ahead(remembered, step)
      indices = self.kept[some['row']]
      self.recent.append((step, indices))
      yield from loader.ahead(
        functools.partial(read_with, read, rows, indices, some),
        range(len(indices)),
        workers=workers,
      )
      step += len(indices)

  def examples(self, step):
    """[B] indices of the batch of one of the last steps, from 1."""
    for start, indices in self.recent:
      if start < step <= start + len(indices):
        return indices[step - 1 - start]
    return np.zeros(0, np.int64)


def read_with(read, rows, indices, some, number):
  """One of the batches that are decided: what is read, and what is known."""
  known = {name: values[number][rows] for name, values in some.items()}
  return {**read(indices[number][rows]), **known}


def fit(run, folder, options, **learned):
  """`fitting.fit`, as `prepared` here has it."""
  return fitting.fit(run, folder, options, prepare=prepared, **learned)


def prepared(
  run, folder, options, *, init, objective, kept, read, seed, weights, **rest
):
  """`fitting.prepared`, of batches that follow from the State, which remembers."""
  feed = Feed(order(options, len(kept), weights, seed), kept)
  one = fitting.prepared(
    run, folder, options,
    init=memory.beside(init, len(kept)), objective=memory.weighed(objective),
    absorb=memory.remember, kept=kept, read=read, seed=seed, weights=weights,
    **rest,
  )  # fmt: skip
  here = dict(
    rows=step_lib.rows_here(run.mesh, options.batch_size),
    workers=run.config.runtime.workers,
  )
  return one | dict(
    batches=lambda start: feed.batches(start, read(), **here),
    follow=feed.follow,
    about=one['about']._replace(examples=functools.partial(named, run, feed)),
  )


def named(run, feed, step):
  """Indices and keys of the batch of a step, as of `diagnosis.About`."""
  indices = feed.examples(step)
  return indices, [run.source.keys[i] for i in indices]
