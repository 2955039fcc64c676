"""Every metric in plain words: its chapter, its name, its good end, what it is."""

from prune_dm_jax.metrics import METRICS as ROWS
from prune_dm_jax.metrics.plain import DOWN
from prune_dm_jax.metrics.plain import UP
from prune_dm_jax.metrics.plain import Plain

ENDS = {DOWN: 'lower is better', UP: 'higher is better', '': ''}

CHAPTERS = {
  'Fidelity': 'How much the samples look like real pictures.',
  'Diversity': 'How much of what real pictures show the samples show too.',
  'Memorisation': 'Whether samples are copies of training pictures. Distances '
  'say something only beside each other: those of samples should be like those '
  'of held-out pictures, which were never trained on.',
  'Balance': 'How even the samples are over classes and over clusters.',
  'Labels': 'Whether a sample is of the class that was asked for.',
  'Other': 'What has no chapter of its own.',
}

METRICS = {
  name: about for row in ROWS.values() for name, about in row.numbers.items()
}
"""name -> Plain, by the name that `metrics.rows.called` gives."""


def of(name):
  """The Plain of a metric; of one that is not known, its own name."""
  return METRICS.get(name) or Plain('Other', name.replace('_', ' '), '', '')


def number(value):
  """Three figures, without a power of ten where that can be."""
  if value is None:
    return '–'
  if value and not 1e-4 <= abs(value) < 1e6:
    return f'{value:.2e}'
  if abs(value) >= 100:
    return f'{value:,.0f}'
  return f'{value:.3g}'


def interval(row):
  """'low to high' of a row, or '' where it has none."""
  if None in (row['low'], row['high']):
    return ''
  return f'{number(row["low"])} to {number(row["high"])}'
