"""Samples are drawn part by part: a run that is killed goes on where it was.

A part is on disk until all are drawn, and is named after the parameters that
drew it. What fits into one part is drawn at once, and kept in none.
"""

import functools
import shutil

from prune_dm_jax.run import live
from prune_dm_jax.run import parts
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.training import apply

FOLDER, ARRAYS = 'parts', ('images', 'fine', 'evaluations')


def drawn(run, call, labels, folder, *, name):
  """The arrays [S, ...] of all samples, in the order of ARRAYS.

  Args:
    run: Its runtime and its mesh count.
    call: {index, label} [B] -> arrays [B, ...], in this order.
    labels: [S]
    folder: Where parts are.
    name: What tells parts of these parameters from others.
  """
  size, part = len(labels), run.config.runtime.part_size
  say = progress.counter('samples', size)

  def make(first, number):
    arrays = some(run, call, labels, first, number, say)
    live.show('The last samples', lambda: arrays[0][-live.NUMBER :])
    return dict(zip(ARRAYS, arrays, strict=True))

  found = parts.filled(
    folder / FOLDER, name, size, part, make, hand=parts.at_hand_together
  )
  return [found[array] for array in ARRAYS]


def some(run, call, labels, first, number, say):
  """The arrays of so many samples, each by its index among all."""
  return apply.mapped(
    call,
    lambda i: {'index': i, 'label': labels[i]},
    number,
    mesh=run.mesh,
    batch_size=min(run.config.runtime.batch_size, len(labels)),
    first=first,
    say=say,
  )


def drop(folder):
  """Removes the parts, once all of it is written."""
  remove = functools.partial(shutil.rmtree, ignore_errors=True)
  processes.alone(lambda: remove(folder / FOLDER))
