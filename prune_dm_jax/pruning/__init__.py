"""Pruning methods. Each is one file and one row in METHODS, see `method`.

Of a row `run/variants.py` makes the variants. Those of packages of one's own
follow, see `packages`.
"""

from prune_dm_jax.pruning import cld
from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import d2
from prune_dm_jax.pruning import diffusion_classifier
from prune_dm_jax.pruning import el2n
from prune_dm_jax.pruning import el2n_by_time
from prune_dm_jax.pruning import facility_location
from prune_dm_jax.pruning import gist
from prune_dm_jax.pruning import given
from prune_dm_jax.pruning import grand
from prune_dm_jax.pruning import grand_by_time
from prune_dm_jax.pruning import herding
from prune_dm_jax.pruning import hierarchical_kmeans
from prune_dm_jax.pruning import influence
from prune_dm_jax.pruning import k_center
from prune_dm_jax.pruning import moderate
from prune_dm_jax.pruning import monotonicity
from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import optimal_denoiser
from prune_dm_jax.pruning import packages
from prune_dm_jax.pruning import semdedup
from prune_dm_jax.pruning import uniform
from prune_dm_jax.pruning import vendi_weights
from prune_dm_jax.pruning import window_variance
from prune_dm_jax.pruning.method import Method


def of_training(need, scores, colour):
  """A row of the paper's that a surrogate's training tells."""
  return Method((need,), 'high', (), scores, paper=True, colour=colour)


CLUSTERS = ('num_clusters', 'restarts', 'normalize', 'kmeans', 'components')
"""What k-means takes of config.score; the judge's clusters depend on it, too."""


def of_cover(scores):
  """A row of those that cover each cluster's features, a pick after the other."""
  return Method(('features',), 'high', CLUSTERS, scores)


OURS = {
  'random': Method(
    (), 'high', (), uniform.scores, paper=True, colour='#868686', of_cell=True
  ),
  'monotonicity': of_training('losses', monotonicity.scores, '#c87218'),
  'grand': of_training('gradients', grand.scores, '#c4438f'),
  'el2n': of_training('losses', el2n.scores, '#2b9566'),
  'moso': of_training('surrogates', moso.scores, '#8d6bd1'),
  'cluster': Method(
    ('features',),
    'low',
    CLUSTERS,
    cluster.scores,
    paper=True,
    column='distance',
  ),
  'moderate': Method(
    ('features', 'labels'), 'low', ('normalize', 'components'), moderate.scores
  ),
  'k_center': of_cover(k_center.scores),
  'facility_location': of_cover(facility_location.scores),
  'herding': of_cover(herding.scores),
  'semdedup': of_cover(semdedup.scores),
  'd2': of_cover(d2.scores),
  'gist': of_cover(gist.scores)._replace(
    options=(*CLUSTERS, 'diversity'),
    defaults={'diversity': 0.1},
    of_number=True,
  ),
  'grand_by_time': Method(('gradients',), 'high', (), grand_by_time.scores),
  'el2n_by_time': Method(('losses',), 'high', (), el2n_by_time.scores),
  'vendi_weights': Method(
    ('features',), 'high', ('components',), vendi_weights.scores
  ),
  'window_variance': Method(('losses',), 'high', (), window_variance.scores),
  'given': Method(('given',), 'high', (), given.scores),
  'cld': Method(('held_out_losses',), 'high', (), cld.scores),
  'diffusion_classifier': Method(
    ('class_losses',), 'low', (), diffusion_classifier.scores
  ),
  'optimal_denoiser': Method(
    ('features',),
    'high',
    ('normalize', 'components'),
    optimal_denoiser.scores,
    flops=optimal_denoiser.flops,
  ),
  'hierarchical_kmeans': of_cover(hierarchical_kmeans.scores)._replace(
    across=True
  ),
  'influence': Method(('influences',), 'high', (), influence.scores),
}

METHODS = {**OURS, **packages.found(OURS)}
