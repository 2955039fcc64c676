"""Pruning methods. Each is one file and one line in METHODS.

needs    what it is given beside the index, and a counter that it may tell how far
         it is: a subset of
           features    [N, D] of the backbone
           losses      [R, E, N, draws] of R surrogates at E evaluations
           gradients   [R, N, draws] gradient norms at their end
           surrogates  what MoSo's surrogates of disjoint subsets say
           given       [N] scores that someone else has made
keep     the paper's direction: high | low
options  which keys of config.score its scores take
scores   (given, *, key, **options) -> score [N], error [N], group [N]
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import el2n
from prune_dm_jax.pruning import given
from prune_dm_jax.pruning import grand
from prune_dm_jax.pruning import monotonicity
from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import uniform


class Method(NamedTuple):
  needs: tuple
  keep: str
  options: tuple
  scores: Callable


METHODS = {
  'random': Method((), 'high', (), uniform.scores),
  'monotonicity': Method(('losses',), 'high', (), monotonicity.scores),
  'grand': Method(('gradients',), 'high', (), grand.scores),
  'el2n': Method(('losses',), 'high', (), el2n.scores),
  'moso': Method(('surrogates',), 'high', (), moso.scores),
  'cluster': Method(
    ('features',),
    'low',
    ('num_clusters', 'restarts', 'normalize', 'kmeans', 'components'),
    cluster.scores,
  ),
  'given': Method(('given',), 'high', (), given.scores),
}
