"""Every metric that can be taken of what is given, and what casts doubt on it."""

import functools
import math

import numpy as np

from prune_dm_jax.metrics import JUDGES
from prune_dm_jax.metrics import METRICS
from prune_dm_jax.metrics import nearest

SIDES = ('', 'reference_')

COMPARED = {'reference_features', 'reference_moments', 'training_features'}
"""A metric that needs one of these is flattered by copies among the sets."""


def rows(given, *, backbone, **about):
  """`judged`, where one backbone is asked for all."""
  alike = functools.partial(dict.fromkeys, JUDGES)
  return judged(alike(given), backbones=alike(backbone), **about)


def judged(
  given, *, of, backbones, reference, selected_by=(), settings=None, seed,
  inputs=(), keep=nearest.once,
):  # fmt: skip
  """The rows of metrics.json about one set of pictures.

  Args:
    given: for each of JUDGES, arrays by name, see METRICS; and perhaps `leaks`,
      sentences about copies among the sets.
    of: What the pictures are.
    backbones: for each of JUDGES, what its features are by.
    reference: What they are compared with.
    selected_by: Backbones by which training examples were selected.
    settings: How they were sampled.
    seed: Of the cell.
    inputs: backbone -> how it was shown pictures, of those that tell.
    keep: As in nearest.nearest, of each metric and of parts of it.

  Returns:
    A list of {metric, of, value, low, high, n, n_reference, backbone, input,
    reference, settings, seed, warning}; value is null where it is not finite.
  """
  found = []
  for key, metric in METRICS.items():
    used, backbone = given[metric.judge], backbones[metric.judge]
    if not set(metric.needs) <= used.keys():
      continue
    used = of_one_number(used) if metric.same_number else used
    warning = '; '.join(doubts(used, metric, backbone, selected_by))
    about = dict(
      n=len(used['features']), n_reference=number_compared(used, metric),
      backbone=backbone, input=dict(inputs).get(backbone, ''),
      reference=reference, settings=settings or {}, seed=seed, warning=warning,
    )  # fmt: skip
    for name, value in computed(key, metric, used, keep).items():
      found.append(dict(metric=name, of=of, **numbers(value), **about))
  return found


def computed(key, metric, given, keep):
  """name -> (value, low, high) of a metric, perhaps of before."""
  return keep(key, functools.partial(metric.compute, {**given, 'keep': keep}))


def called(row):
  """A metric's name for a person: FID on the features of FID's Inception alone."""
  of_fid = (row['metric'], row['backbone']) == ('frechet_distance', 'inception')
  return 'FID' if of_fid else row['metric']


def numbers(value):
  finite = lambda v: float(v) if math.isfinite(v) else None
  return dict(zip(('value', 'low', 'high'), map(finite, value), strict=True))


def of_one_number(given):
  """As many generated as reference pictures, seeded."""
  least = min(len(given[f'{side}features']) for side in SIDES)
  cut = dict(given)
  for side in SIDES:
    size = len(given[f'{side}features'])
    if size == least:
      continue
    some = np.sort(np.random.default_rng(0).permutation(size)[:least])
    for name in ('features', 'labels', 'logits'):
      if side + name in given:
        cut[side + name] = given[side + name][some]
  return cut


def number_compared(given, metric):
  """How many it compares with; None: with nothing, or it is not known."""
  compares = {'reference_features', 'reference_moments'} & set(metric.needs)
  counted = 'reference_moments' not in metric.needs or not given.get('of_file')
  known = compares and counted and 'reference_features' in given
  return len(given['reference_features']) if known else None


def doubts(given, metric, backbone, selected_by):
  """Sentences about why a number is to be read with care."""
  number, width = given['features'].shape
  others = number_compared(given, metric) or number
  if number != others:
    yield f'{number} are compared with {others}'
  if 'reference_moments' in metric.needs and min(number, others) <= width:
    yield f'{min(number, others)} examples are no more than {width} features'
  if COMPARED & set(metric.needs):
    yield from given.get('leaks', ())
  if backbone in selected_by:
    yield f'{backbone} also selected the training set'
