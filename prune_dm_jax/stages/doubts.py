"""What is warned of when a cell is selected."""

import numpy as np
from absl import logging

from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import select
from prune_dm_jax.report import counts
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import scores as scores_lib

ALMOST_NOTHING = 0.1
MANY = 0.1
"""The share of pictures from which on it is said that a draw decides."""


def of_a_tiny_cluster(groups):
  """Warns where what follows from the smallest cluster is almost nothing."""
  kept, sizes = select.number_balanced(groups), select.group_sizes(groups)
  if kept < ALMOST_NOTHING * len(groups):
    logging.warning(
      'only %d of %d examples are kept, as the smallest of %d clusters has %d; '
      'a ratio of your own, as even as clusters allow, is kept by the plain '
      'variant with --config.select.allocation=waterfill',
      kept, len(groups), len(sizes), sizes.min(),
    )  # fmt: skip


def of_what_is_empty(run, scores, kept):
  """A line for classes, and one for clusters, of which nothing is kept."""
  labels = run.source.labels[run.train]
  keep = np.isin(run.train, kept)
  named = [('class', labels, keep, source_lib.class_name(run.source))]
  if scores is not None and scores_lib.clusters_of(run.config):
    named.append(('cluster', scores.group, np.isin(scores.index, kept), str))
  for kind, values, those, name in named:
    gone = counts.empty(values, those, name)
    if gone:
      logging.warning('%s', counts.nothing_kept(kind, gone))


def of_what_is_drawn(run, scores, kept, first):
  """A line, where which of many pictures of equal scores are kept is a draw.

  Those in `first` are kept whatever their score is.
  """
  config = run.config
  if scores is None or config.select.keep not in select.CUTS:
    return
  left = ~np.isin(scores.index, first)
  keep = np.isin(scores.index[left], kept)
  groups = cells.groups(run, scores)[left]
  number = select.number_drawn(scores.score[left], groups, keep)
  if number > MANY * len(keep):
    logging.warning(
      '%d of %d pictures have the score of some that are kept and of some that '
      'are not: which are kept, the seed draws; take finer scores, or a '
      'threshold in place of a ratio, which parts no equals',
      number, len(keep),
    )  # fmt: skip
