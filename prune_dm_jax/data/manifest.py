"""The manifest: one row an example, what became of it and why.

  index key label cluster distance score error rank keep reason weight t_min
  width height bytes, and what else is known of every picture

rank counts from the lowest score; it, score, error, cluster and distance are
null where a method gives none. reason is kept | pruned | high_noise | held_out |
thinned, or why it was no candidate: twin of <key> | leak: ... | junk: <why>.

weight is how often an example is trained on, beside the others: 1, or 0 where it
is not. t_min is the least noise at which it is: 1 - t, of a time t that runs from
noise to data; 0 is at all times. Manifests of before have neither.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OUTSIDE = ('held_out', 'thinned', 'leak')
"""Where the reasons begin of what was never to be chosen."""

CHOSEN_AMONG = ('kept', 'pruned', 'high_noise')
"""Reasons of what a method did choose among."""


class Trained(NamedTuple):
  """[M] each, of what is trained on."""

  index: np.ndarray
  """Ascending."""
  weight: np.ndarray
  """Above 0."""
  t_min: np.ndarray


def throughout(kept):
  """Trained, of examples that are used alike and at all times."""
  return Trained(kept, np.ones(len(kept)), np.zeros(len(kept)))


def table(source, scored, kept, columns, others=(), of_all=(), trained=None):
  """The manifest of a selection.

  Args:
    source: The full data set, N examples.
    scored: [n] indices that were scored.
    kept: [M] indices of what is kept.
    columns: name -> [n] values over `scored`, or None, for cluster, distance,
      score, error and rank.
    others: index -> reason of those that were not scored.
    of_all: name -> [N] of every example, whatever became of it.
    trained: Trained; None: what is kept, throughout.

  Returns:
    A pyarrow Table of N rows; its metadata names the data's fingerprint.
  """
  size = len(source)
  keep = np.isin(np.arange(size), kept)
  reason = np.full(size, 'pruned', object)
  for index, why in dict(others).items():
    reason[index] = why
  reason[keep] = 'kept'
  weight, t_min = np.zeros(size), np.zeros(size)
  trained = throughout(kept) if trained is None else trained
  weight[trained.index] = trained.weight
  t_min[trained.index] = trained.t_min
  spread = {name: over_all(v, scored, size) for name, v in columns.items()}
  result = pa.table(
    {
      'index': pa.array(np.arange(size)),
      'key': pa.array(source.keys),
      'label': pa.array(source.labels),
      **spread,
      'keep': pa.array(keep),
      'reason': pa.array(reason, pa.string()),
      'weight': pa.array(weight),
      't_min': pa.array(t_min),
      **dict(of_all),
    }
  )
  return result.replace_schema_metadata({'fingerprint': source.fingerprint})


def over_all(values, scored, size):
  """[n] over `scored` -> an array of N with nulls elsewhere."""
  if values is None:
    return pa.nulls(size, pa.float32())
  full = np.zeros(size, values.dtype)
  full[scored] = values
  hidden = np.ones(size, bool)
  hidden[scored] = False
  return pa.array(full, mask=hidden)


def trained(result):
  """Trained, as a manifest has it; as one of before had it, what is kept."""
  if 'weight' not in result.column_names:
    return throughout(np.flatnonzero(result['keep'].to_numpy()))
  weight, t_min = (result[name].to_numpy() for name in ('weight', 't_min'))
  index = np.flatnonzero(weight)
  return Trained(index, weight[index], t_min[index])


def write(result, path):
  pq.write_table(result, path)


def pruned(result):
  """The text of pruned.txt: a key and its reason a line, of what could be kept.

  The last tab is between them; in a reason, which may name a key, it is \\t.
  """
  rows = zip(
    result['key'].to_pylist(), result['reason'].to_pylist(), strict=True
  )
  plain = lambda why: why.replace('\t', '\\t')
  pruned = (row for row in rows if row[1] not in ('kept', 'held_out'))
  return ''.join(f'{key}\t{plain(why)}\n' for key, why in pruned)


def outside(result):
  """[N] bool, what no method was to choose among, whatever it would say."""
  return np.array(
    [why.startswith(OUTSIDE) for why in result['reason'].to_pylist()], bool
  )


def candidates(result):
  """[N] bool, what the method chose among: neither outside, nor a twin or junk."""
  return np.isin(result['reason'].to_pylist(), CHOSEN_AMONG)
