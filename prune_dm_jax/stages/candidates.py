"""What may be kept: the training split, less twins, leaks and junk, if so asked.

All of it before any method sees a picture; how many are kept is not changed.
"""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.pruning import junk
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import twins


class Candidates(NamedTuple):
  index: np.ndarray
  """[n] sorted indices in the full data."""
  reasons: dict
  """index -> why, of the others that are trained on otherwise."""


def needs(config):
  """The stages that tell candidates from others, as a configuration asks."""
  rules, twins_go = paths_lib.junk_rules(config), config.select.twins == 'drop'
  return [*(['looks'] if rules else []), *(['twins'] if twins_go else [])]


def of_run(run):
  """The Candidates of a run; builds what tells them apart."""
  config, reasons = run.config, {}
  if paths_lib.junk_rules(config):
    reasons |= of_junk(run)
  if config.select.twins == 'drop':
    twins.build(run)
    if config.data.leaks == 'drop':
      leaked = twins.leaked(run)
      reasons |= dict.fromkeys(leaked.tolist(), 'leak: a twin is held out')
    dropped = twins.dropped(run, gone=list(reasons))
    for i, other in zip(dropped['index'], dropped['of'], strict=True):
      reasons[int(i)] = f'twin of {run.source.keys[other]}'
  gone = np.isin(run.train, list(reasons))
  return Candidates(run.train[~gone], reasons)


def of_junk(run):
  """index -> why, of the training pictures that are not what they must be."""
  looks.build(run)
  columns = {n: values[run.train] for n, values in looks.columns(run).items()}
  found = junk.reasons(columns, run.config.junk)
  return {int(run.train[row]): f'junk: {why}' for row, why in found.items()}


def others(run, reasons, trained):
  """index -> why, of what is not trained on whatever its score; or in part."""
  high_noise = trained.index[trained.t_min > 0].tolist()
  return (
    dict.fromkeys(run.held_out.tolist(), 'held_out')
    | dict.fromkeys(run.thinned.tolist(), 'thinned')
    | dict.fromkeys(run.leaked.tolist(), 'leak: a copy is held out')
    | reasons
    | dict.fromkeys(high_noise, 'high_noise')
  )
