"""The steps of a selection, in their order, and how many pictures each leaves.

  split > twins > leaks > junk > score, within groups > at_least

Each is there where the configuration asks for it; their order is always this one.
Junk, and what is leaked, stands for no twin, and is counted as that.
"""

import collections

import numpy as np

from prune_dm_jax.stages import candidates
from prune_dm_jax.stages import cells

LEFT_OUT = {'twins': 'twin', 'leaks': 'leak', 'junk': 'junk'}
"""step -> how the reason begins of what it leaves out."""


def of_run(run, scores, reasons, kept, before):
  """[{step, left, ...}] of a selection.

  Args:
    run: Run.
    scores: Scores; None, where a list says what is kept.
    reasons: index -> why, of what is no candidate.
    kept: [M] indices.
    before: [M] indices, which would be kept without at_least.
  """
  found = [{'step': 'split', 'left': len(run.train)}]
  if scores is None:
    return [*found, {'step': 'list', 'left': len(kept)}]
  found += left_out(run, reasons)
  groups = len(np.unique(cells.groups(run, scores)))
  found.append({'step': 'score', 'groups': groups, 'left': len(kept)})
  if run.config.select.at_least:
    new = len(np.setdiff1d(kept, before))
    found.append({'step': 'at_least', 'exchanged': new, 'left': len(kept)})
  return found


def left_out(run, reasons):
  """The steps before the score, of those that are asked for."""
  counted = collections.Counter(
    why.replace(':', ' ').split()[0] for why in reasons.values()
  )
  left, asked = len(run.train), candidates.needs(run.config)
  steps = ('twins', 'leaks') if 'twins' in asked else ()
  for step in (*steps, *(['junk'] if 'looks' in asked else [])):
    left -= counted[LEFT_OUT[step]]
    yield {'step': step, 'out': counted[LEFT_OUT[step]], 'left': left}
