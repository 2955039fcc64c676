"""Pruning methods. Each is one file and one line in METHODS.

needs    what it is given beside the index: a subset of features, losses, ...
keep     the paper's direction: high | low
options  which keys of config.score its scores take
scores   (given, *, key, **options) -> score [N], error [N], group [N]
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import uniform


class Method(NamedTuple):
  needs: tuple
  keep: str
  options: tuple
  scores: Callable


METHODS = {
  'random': Method((), 'high', (), uniform.scores),
  'cluster': Method(
    ('features',),
    'low',
    ('num_clusters', 'restarts', 'normalize', 'kmeans'),
    cluster.scores,
  ),
}
