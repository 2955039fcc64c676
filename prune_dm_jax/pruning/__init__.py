"""Pruning methods. Each is one file and one row in METHODS.

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
label    for a person
family   what it goes by: chance | training | clusters | cover | own
colour   of its curves, on dark and on light; '': that of its backbone
paper    whether the paper compares it

A row is all: of it `run/variants.py` makes the variants.
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
  label: str = ''
  family: str = 'own'
  colour: str = ''
  paper: bool = False


def of_training(need, scores, label, colour):
  """A row of the paper's that a surrogate's training tells."""
  return Method(
    (need,), 'high', (), scores, label, 'training', colour, paper=True
  )


METHODS = {
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
    ('num_clusters', 'restarts', 'normalize', 'kmeans', 'components'),
    cluster.scores,
    'nearest to cluster centres',
    'clusters',
    paper=True,
  ),
  'given': Method(('given',), 'high', (), given.scores, 'scores of your own'),
}
