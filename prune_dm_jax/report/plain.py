"""Every metric in plain words: its chapter, its name, its good end, what it is."""

from typing import NamedTuple

DOWN, UP = '↓', '↑'
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


class Plain(NamedTuple):
  chapter: str
  name: str
  good: str
  """DOWN, UP, or '' where neither end is."""
  line: str


def distance(whose, to, how):
  return Plain(
    'Memorisation', f'{whose}: {how} distance to {to}', '',
    f'From each to the nearest of {to}.',
  )  # fmt: skip


def distances():
  """name -> Plain of each distance of one set to another."""
  sets = {
    'generated': ('Samples', ('training', 'kept')),
    'reference': ('Held-out pictures', ('training', 'kept')),
    'training': ('Training pictures', ('training',)),
  }
  named = {'training': 'training pictures', 'kept': 'kept pictures'}
  return {
    f'{of}_to_{to}_{how}': distance(
      whose, 'the others' if of == to else named[to], how
    )
    for of, (whose, others) in sets.items()
    for to in others
    for how in ('mean', 'median')
  }


def spread(of):
  """name -> Plain of how the samples are spread over classes or clusters."""
  tell = {'': 'the training pictures before pruning', '_uniform': 'all alike'}
  return {
    f'{of}_{short}{end}': Plain(
      'Balance', f'{of.capitalize()} {name} from {tell[end]}', DOWN, line
    )
    for end in tell
    for short, name, line in (
      (
        'total_variation', 'shift', 'The share of samples that would have to '
        f'change {of} (total variation).',
      ),
      ('kl', 'divergence', f'Kullback-Leibler divergence over each {of}.'),
    )
  }  # fmt: skip


def vendi(name, weight):
  return Plain(
    'Diversity', name, UP, 'As many different pictures there seem to be; '
    f'{weight}.',
  )  # fmt: skip


MANY = Plain(
  'Fidelity', 'Fréchet distance, many samples', DOWN,
  'What the Fréchet distance would be of many more samples, given this '
  'reference: its own part of the bias stays.',
)  # fmt: skip
"""Older cells call it infinite."""

METRICS = {
  'FID': Plain(
    'Fidelity', 'FID', DOWN,
    'Fréchet distance in the features of Inception, as papers report it.',
  ),
  'frechet_distance': Plain(
    'Fidelity', 'Fréchet distance', DOWN,
    'How far the features of samples are from those of real pictures, in mean '
    'and spread. Its interval is given this reference.',
  ),
  'frechet_distance_many_samples': MANY,
  'frechet_distance_infinite': MANY._replace(name=f'{MANY.name} (older)'),
  'kernel_distance': Plain(
    'Fidelity', 'Kernel distance', DOWN,
    'The same question without a bias of few samples; below zero now and then.',
  ),
  'precision': Plain(
    'Fidelity', 'Precision', UP,
    'The share of samples that lie among real pictures.',
  ),
  'density': Plain(
    'Fidelity', 'Density', UP,
    'Precision that counts how many real pictures are near; may pass 1.',
  ),
  'f_score': Plain(
    'Fidelity', 'F-score', UP, 'The harmonic mean of precision and recall.'
  ),
  'inception_score': Plain(
    'Fidelity', 'Inception score', UP,
    'Clear classes, and many of them. Its interval is one standard deviation '
    'over ten splits.',
  ),
  'recall': Plain(
    'Diversity', 'Recall', UP,
    'The share of real pictures that lie among samples.',
  ),
  'coverage': Plain(
    'Diversity', 'Coverage', UP,
    'The share of real pictures that have a sample near.',
  ),
  'vendi': vendi('Vendi score', 'frequent ones count as they are'),
  'vendi_0.5': vendi('Vendi score, order 0.5', 'rare ones count more'),
  'vendi_2': vendi('Vendi score, order 2', 'frequent ones count more'),
  'vendi_inf': vendi('Vendi score, order ∞', 'only the most frequent count'),
  'copies': Plain(
    'Memorisation', 'Copies', DOWN,
    'The share of samples under a third as far from one training picture as '
    'from the next.',
  ),
  'nearest_was_kept': Plain(
    'Memorisation', 'Nearest one was kept', '',
    'The share of samples whose nearest training picture is one of the kept.',
  ),
  **distances(),
  **spread('class'),
  **spread('cluster'),
  'rare_classes': Plain(
    'Balance', 'Rare classes', '',
    'The share of samples of the rarest quarter of classes.',
  ),
  'rare_classes_training': Plain(
    'Balance', 'Rare classes in training', '',
    'Their share of the training pictures before pruning.',
  ),
  'frechet_distance_balanced': Plain(
    'Balance', 'Fréchet distance, clusters alike', DOWN,
    'To real pictures weighted so that every cluster counts the same.',
  ),
  'asked_class': Plain(
    'Labels', 'Class as asked', UP,
    'The share of samples that the judge says are of the class asked for.',
  ),
}  # fmt: skip
"""By the name that `metrics.rows.called` gives; in the order of a report."""


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
