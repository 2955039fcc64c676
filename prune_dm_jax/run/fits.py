"""Numbers of a configuration that must fit the set: said as soon as its size is
known, before anything is trained.
"""

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning.method import OF_HALVES

FEWEST = 6
"""Pictures of a side that can be judged: density asks for the fifth neighbour."""


def check(run, stages):
  """Raises ValueError for what a stage on the way would only say at its turn."""
  for name in stages:
    if name in FITS:
      FITS[name](run)


def at_most(key, value, size, way):
  if value > size:
    raise ValueError(
      f'config.{key} is {value}, but there are {size} pictures to train on; '
      f'{way}'
    )


def clusters(run):
  number = run.config.score.num_clusters
  way = f'take {len(run.train)} or fewer (of prune, --clusters)'
  at_most('score.num_clusters', number, len(run.train), way)


def scores(run):
  """What a method asks of the number of those that it ranks."""
  method = run.config.score.method
  if METHODS[method].of_clusters or run.config.select.clusters:
    clusters(run)
  if 'surrogates' in METHODS[method].needs:
    subsets(run)
  of_halves = OF_HALVES & {*METHODS[method].needs}
  if of_halves and len(run.train) < 4:
    raise ValueError(
      f'there are {len(run.train)} pictures to train on, of which {method} trains '
      'on each half; it needs 4 at least'
    )


def subsets(run):
  """Each of MoSo's needs two pictures, and a step for each of its snapshots."""
  moso, size = run.config.moso, len(run.train)
  way = 'each needs two at least'
  at_most('moso.num_subsets', moso.num_subsets, size // 2, way)
  least = size // moso.num_subsets
  steps = -(-moso.epochs * least // run.config.surrogate.batch_size)
  if moso.checkpoints > steps:
    raise ValueError(
      f'config.moso.checkpoints is {moso.checkpoints}, but the surrogate of '
      f'{least} pictures is trained for {steps} steps; take no more, or more '
      'config.moso.epochs'
    )


def inertia(run):
  last = run.config.score.inertia_ks[-1]
  way = 'end it with no more'
  at_most('score.inertia_ks', last, len(run.train), way)


def evaluate(run):
  """Enough on every side for the neighbours that metrics ask for."""
  sides = {
    f'config.sample.num is {run.config.sample.num}': run.config.sample.num,
    f'config.data.held_out is {run.config.data.held_out}, which leaves '
    f'{len(run.held_out)} to judge by': len(run.held_out),
    f'the training split has {len(run.train)} pictures': len(run.train),
  }
  for sentence, number in sides.items():
    if number < FEWEST:
      raise ValueError(
        f'{sentence}; {FEWEST} are the fewest that can be judged, take more, '
        'or stop before with --until=sample'
      )


FITS = {
  'scores': scores,
  'inertia': inertia,
  'judge': clusters,
  'evaluate': evaluate,
}
"""Stage -> run -> raises ValueError."""
