"""--dry_run: what would be kept, by class and by cluster, as text."""

import numpy as np
from absl import logging

from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import cuts
from prune_dm_jax.report import counts as counts_lib
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import scores as scores_lib
from prune_dm_jax.stages import select

MOST = 40
"""Rows of a table of text; of more classes, the largest are shown."""


def foresee(config, workdir):
  """What would be kept, as text, from scores that are at hand.

  Writes nothing but the check of pictures.
  """
  run = opening.open_checked(config, workdir, judged=False)
  scores = scores_lib.at_hand(run)
  cells.check(run, cells.folder(run, scores))
  logging.info('layout: %s', run.source.layout)
  return text(run, scores, select.choose(run, scores))


def text(run, scores, kept):
  """What `kept` [M], indices in the full data, would be, for a terminal."""
  keep = np.isin(run.train, kept)
  columns = select.columns(run.config, scores)
  rank, cluster = columns['rank'], columns['cluster']
  labels = run.source.labels[run.train]
  parts = [lead(run, examples.chosen(run, scores, kept), len(kept))]
  at, within = {}, run.config.select.within
  if rank is not None:
    groups = np.asarray(cells.groups(run, scores))
    direction = run.config.select.keep
    among = np.isin(scores.index, kept)
    if direction in MEANS:
      at = cuts.thresholds(scores.score, rank, groups, among)
    parts.append(threshold(direction, at))
  parts.append(
    table(
      'class',
      counts_lib.by(labels, keep, source_lib.class_name(run.source)),
      at if within == 'classes' else None,
    )
  )
  if cluster is not None:
    own = at if within == 'clusters' else None
    parts.append(table('cluster', counts_lib.by(cluster, among, str), own))
  return '\n'.join(parts)


def lead(run, trained, kept):
  config = run.config
  chosen = (
    f'the list {config.select.file}'
    if config.select.file
    else f'method {config.score.method}, {config.select.keep} scores are kept'
  )
  high_noise = int((trained.t_min > 0).sum())
  in_part = f'{high_noise} at high noise alone, ' if high_noise else ''
  pruned = len(run.train) - len(trained.index)
  return (
    f'{config.variant}, {chosen}: {kept} kept, {in_part}{pruned} pruned, '
    f'{len(run.held_out)} held out. Nothing was written.'
  )


MEANS = {'low': 'below', 'high': 'above', 'middle': 'between'}


def threshold(direction, at):
  """In words, what scores are kept."""
  if direction not in MEANS:
    return 'threshold of the score: none, as what is kept is drawn along it'
  if not any(map(len, at.values())):
    return 'threshold of the score: none, as nothing is pruned'
  if len(at) > 1:
    return 'threshold of the score: each group has its own, see below'
  (values,) = at.values()
  means = MEANS[direction]
  return f'threshold of the score: kept is what is {means} {figures(values)}'


def figures(values):
  return ' and '.join(f'{value:.4g}' for value in values)


def table(heading, counts, at=None):
  """Aligned columns; `at` is value -> thresholds of the score."""
  rows = [row(c.name, c.before, c.kept) for c in counts[:MOST]]
  if at:
    rows = [
      (*cells_of, figures(at.get(c.value, ())))
      for cells_of, c in zip(rows, counts, strict=False)
    ]
  before, kept = (sum(c[i] for c in counts) for i in (2, 3))
  header = (heading, 'before', 'kept', 'share kept', 'threshold')
  rows = [header[: 5 if at else 4], *rows, row('all', before, kept)]
  lines = ['', *aligned(rows)]
  if len(counts) > MOST:
    lines.append(f'The {MOST} largest of {len(counts)} are shown.')
  return '\n'.join(lines)


def row(name, before, kept):
  return name, str(before), str(kept), f'{100 * kept / before:.1f} %'


def aligned(rows):
  """Lines: the first column to the left, the others to the right."""
  columns = range(max(map(len, rows)))
  wide = [max(len(r[i]) for r in rows if i < len(r)) for i in columns]
  return [
    '  '.join(
      value.rjust(wide[i]) if i else value.ljust(wide[i])
      for i, value in enumerate(r)
    ).rstrip()
    for r in rows
  ]
