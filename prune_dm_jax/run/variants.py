"""Variants: the paper's names, made of one row of METHODS for each method.

random, in every model, and the whole set; without twins: dedup
METHOD            the direction of its row, half of all
METHOD_inv _mid   its inverse, its middle
METHOD_BACKBONE   of one that looks at features, for all that may select
..._balanced      as many of each of its clusters, and the same number in
..._proportional  proportion to their sizes
"""

import difflib

from prune_dm_jax.features import GIVEN
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


def unknown(name, others=()):
  """The sentence about a name that is none, with those that are near it."""
  near = difflib.get_close_matches(name, [*others, *VARIANTS], n=4, cutoff=0.5)
  stems = [*others, *(n for n in VARIANTS if not n.endswith(ENDS))]
  return (
    f'{name!r} is not a variant; choose from {", ".join(near or stems)}'
    + (', or another that docs/use.md lists' if near else '')
  )
