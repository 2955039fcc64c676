"""The manifest: one row an example, what became of it and why.

  index key label cluster distance score error rank keep reason

rank counts from the lowest score; it, score, error, cluster and distance are
null where a method gives none. reason is kept | pruned | held_out | bad:<why>.
"""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def table(source, train, kept, columns, thinned=()):
  """The manifest of a selection.

  Args:
    source: The full data set, N examples.
    train: [n] indices that were scored; the others are held out.
    kept: [M] indices among them.
    columns: name -> [n] values over `train`, or None, for cluster, distance,
      score, error and rank.
    thinned: [t] indices that a long-tailed version leaves out of training.

  Returns:
    A pyarrow Table of N rows; its metadata names the data's fingerprint.
  """
  size = len(source)
  keep = np.isin(np.arange(size), kept)
  scored = np.isin(np.arange(size), train)
  outside = np.isin(np.arange(size), thinned)
  reason = np.select(
    [keep, scored, outside], ['kept', 'pruned', 'thinned'], 'held_out'
  )
  spread = {name: over_all(v, train, size) for name, v in columns.items()}
  result = pa.table(
    {
      'index': pa.array(np.arange(size)),
      'key': pa.array(source.keys),
      'label': pa.array(source.labels),
      **spread,
      'keep': pa.array(keep),
      'reason': pa.array(reason),
    }
  )
  return result.replace_schema_metadata({'fingerprint': source.fingerprint})


def over_all(values, train, size):
  """[n] over train -> an array of N with nulls elsewhere."""
  if values is None:
    return pa.nulls(size, pa.float32())
  full = np.zeros(size, values.dtype)
  full[train] = values
  hidden = np.ones(size, bool)
  hidden[train] = False
  return pa.array(full, mask=hidden)


def write(result, path):
  pq.write_table(result, path)
