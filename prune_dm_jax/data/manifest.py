"""The manifest: one row an example, what became of it and why.

  index key label cluster distance score error rank keep reason
  width height bytes, and what else is known of every picture

rank counts from the lowest score; it, score, error, cluster and distance are
null where a method gives none. reason is kept | pruned | held_out | thinned, or
why it was no candidate: twin of <key> | leak: ... | junk: <why>.
"""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OUTSIDE = ('held_out', 'thinned', 'leak')
"""Where the reasons begin of what was never to be chosen."""


def table(source, scored, kept, columns, others=(), of_all=()):
  """The manifest of a selection.

  Args:
    source: The full data set, N examples.
    scored: [n] indices that were scored.
    kept: [M] indices of what is kept.
    columns: name -> [n] values over `scored`, or None, for cluster, distance,
      score, error and rank.
    others: index -> reason of those that were not scored.
    of_all: name -> [N] of every example, whatever became of it.

  Returns:
    A pyarrow Table of N rows; its metadata names the data's fingerprint.
  """
  size = len(source)
  keep = np.isin(np.arange(size), kept)
  reason = np.full(size, 'pruned', object)
  for index, why in dict(others).items():
    reason[index] = why
  reason[keep] = 'kept'
  spread = {name: over_all(v, scored, size) for name, v in columns.items()}
  result = pa.table(
    {
      'index': pa.array(np.arange(size)),
      'key': pa.array(source.keys),
      'label': pa.array(source.labels),
      **spread,
      'keep': pa.array(keep),
      'reason': pa.array(reason, pa.string()),
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
