"""Pruning methods. Each is one file and one row in METHODS, see `method`.

Of a row `run/variants.py` makes the variants. Those of packages of one's own
follow, see `packages`.
"""

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import el2n
from prune_dm_jax.pruning import facility_location
from prune_dm_jax.pruning import given
from prune_dm_jax.pruning import grand
from prune_dm_jax.pruning import herding
from prune_dm_jax.pruning import k_center
from prune_dm_jax.pruning import moderate
from prune_dm_jax.pruning import monotonicity
from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import packages
from prune_dm_jax.pruning import uniform
from prune_dm_jax.pruning import window_variance
from prune_dm_jax.pruning.method import Method


def of_training(need, scores, label, colour):
  """A row of the paper's that a surrogate's training tells."""
  return Method(
    (need,), 'high', (), scores, label, 'training', colour, paper=True
  )


CLUSTERS = ('num_clusters', 'restarts', 'normalize', 'kmeans', 'components')
"""What k-means takes of config.score."""


def of_cover(scores, label, colour):
  """A row of those that cover each cluster's features, a pick after the other."""
  return Method(('features',), 'high', CLUSTERS, scores, label, 'cover', colour)


OURS = {
  'random': Method(
    (), 'high', (), uniform.scores, 'random', 'chance', '#8a8a8a', paper=True
  ),
  'monotonicity': of_training(
    'losses', monotonicity.scores, 'monotonicity', '#d9822b'
  ),
  'grand': of_training('gradients', grand.scores, 'GraNd', '#c4438f'),
  'el2n': of_training('losses', el2n.scores, 'EL2N', '#2f9e6e'),
  'moso': of_training('surrogates', moso.scores, 'MoSo', '#8d6bd1'),
  'cluster': Method(
    ('features',),
    'low',
    CLUSTERS,
    cluster.scores,
    'nearest to cluster centres',
    'clusters',
    paper=True,
  ),
  'moderate': Method(
    ('features', 'labels'),
    'low',
    ('normalize', 'components'),
    moderate.scores,
    'moderately far from class centres',
    'clusters',
    '#6f78d8',
  ),
  'k_center': of_cover(k_center.scores, 'k-center', '#d9727a'),
  'facility_location': of_cover(
    facility_location.scores, 'facility location', '#4aa878'
  ),
  'herding': of_cover(herding.scores, 'kernel herding', '#a8743a'),
  'window_variance': Method(
    ('losses',),
    'high',
    (),
    window_variance.scores,
    'window variance',
    'training',
    '#4f9fcf',
  ),
  'given': Method(('given',), 'high', (), given.scores, 'scores of your own'),
}

METHODS = {**OURS, **packages.found(OURS)}
