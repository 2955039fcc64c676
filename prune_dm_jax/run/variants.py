"""Variants: the paper's names, made of one row of METHODS for each method.

random, in every model, and the whole set; without twins: dedup
METHOD            the direction of its row, half of all
METHOD_inv _mid   its inverse, its middle
METHOD_BACKBONE   of one that looks at features, for all that may select
..._balanced      as many of each of its clusters, and the same number in
..._proportional  proportion to their sizes
"""

import argparse
import difflib

from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import SELECTING
from prune_dm_jax.models import MODELS
from prune_dm_jax.pruning import METHODS

FOLLOWS = -1.0
"""The prune_ratio of rows whose ratio follows from something else."""

OPPOSITE = {'high': 'low', 'low': 'high'}
RANDOM = dict(score=dict(method='random', backbone='pixels'), keep='high')


def whole(model):
  """The whole set, and half of it at random."""
  own, first = ({}, '') if model == 'dit' else ({'model': model}, f'{model}_')
  yield f'{first}unpruned', RANDOM | dict(ratio=0.0) | own
  yield f'{first}random', RANDOM | dict(ratio=0.5) | own


def pairs():
  """(method, backbone or '') of all but random; of one's own files last."""
  found = [
    (name, backbone)
    for name, row in METHODS.items()
    if name != 'random'
    for backbone in (SELECTING if row.of_features else ('',))
  ]
  return sorted(found, key=lambda pair: (GIVEN in pair, pair[1] == GIVEN))


def ways(method, backbone):
  """Its direction, inverse and middle; the balanced pair, if it has clusters."""
  row, name = METHODS[method], f'{method}_{backbone}'.strip('_')
  score = dict(method=method, backbone=backbone or 'pixels')
  keeps = {'': row.keep, '_inv': OPPOSITE[row.keep], '_mid': 'middle'}
  for end, keep in keeps.items():
    yield f'{name}{end}', dict(score=score, keep=keep, ratio=0.5)
  if row.in_clusters and row.paper and backbone != GIVEN:
    follows = dict(score=score, keep=row.keep, ratio=FOLLOWS)
    yield f'{name}_balanced', follows | dict(allocation='balanced')
    yield f'{name}_proportional', follows


DEDUP = RANDOM | dict(ratio=FOLLOWS, ratio_from='twins', twins='drop')

VARIANTS = {
  **{name: row for model in MODELS for name, row in whole(model)},
  'dedup': DEDUP,
  **{name: row for pair in pairs() for name, row in ways(*pair)},
}


ENDS = ('_inv', '_mid', '_balanced', '_proportional')


def needs_no_training(score):
  """Whether a row of scores is had without a network that is trained here."""
  row = METHODS[score['method']]
  of_ours = row.of_features and score['backbone'] in NETWORKS
  return not row.of_training and not of_ours


def untrained(name):
  """A name, as an option has it, if it is of what is had from pictures alone."""
  known = [
    n
    for n, row in VARIANTS.items()
    if 'model' not in row and row['ratio'] and needs_no_training(row['score'])
  ]
  if name not in known:
    raise argparse.ArgumentTypeError(
      f'{name!r} is no variant that is had without training; '
      f'{choices(name, known)}'
    )
  return name


def unknown(name, others=()):
  """The sentence about a name that is none."""
  return f'{name!r} is not a variant; {choices(name, [*others, *VARIANTS])}'


def choices(name, known):
  """What would do in place of a name: those of many that are near it."""
  near = difflib.get_close_matches(name, known, n=4, cutoff=0.5) or known[:4]
  return f'choose from {", ".join(near)}, or another that docs/use.md lists'
