"""Metrics on arrays. Each is one file and one line in METRICS.

What a metric is given: of the generated pictures `features` [S, D], `logits`
[S, C] and the `labels` [S] asked for; `reference_features` [R, D] and
`reference_moments`, their mean and covariance; of the training set before
pruning `training_features` [N, D], `training_labels`, `training_kept` bool and
`training_group`, its cluster; `same_noise_features` [S, D] of another model. And
`keep`, by which parts of what takes long are had again, see nearest.nearest.

Sums are float64, by as many threads of BLAS as there are cores: another number of
them is another order, and another 14th digit. OMP_NUM_THREADS=1 gives the same
bits on any number.
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.metrics import asked_class
from prune_dm_jax.metrics import balance
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import inception_score
from prune_dm_jax.metrics import kid
from prune_dm_jax.metrics import memorization
from prune_dm_jax.metrics import precision_recall
from prune_dm_jax.metrics import same_noise
from prune_dm_jax.metrics import vendi


class Metric(NamedTuple):
  needs: tuple[str, ...]
  """Without these it is left out."""
  compute: Callable
  """given -> {name: (value, low, high)}; NaN where there is no interval."""
  same_number: bool = False
  """Whether it means anything only for as many generated as reference."""
  judge: str = 'network'
  """Whose features it is taken in: one of JUDGES."""
  numbers: dict = {}
  """name -> Plain of what it computes; else its name is all that is said of it."""


JUDGES = ('network', 'precision', 'memorization')
"""Keys of config.judge that name a backbone."""

REFERENCE = ('features', 'reference_features')
TRAINING = ('training_features', 'training_kept')

METRICS = {
  'frechet_distance': Metric(
    ('features', 'reference_moments'), frechet.metric, numbers=frechet.NUMBERS
  ),
  'inception_score': Metric(
    ('logits',), inception_score.metric, numbers=inception_score.NUMBERS
  ),
  'precision_recall': Metric(
    REFERENCE,
    precision_recall.metric,
    same_number=True,
    judge='precision',
    numbers=precision_recall.NUMBERS,
  ),
  'vendi': Metric(('features',), vendi.metric, numbers=vendi.NUMBERS),
  'kernel_distance': Metric(REFERENCE, kid.metric, numbers=kid.NUMBERS),
  'asked_class': Metric(
    ('logits', 'labels'), asked_class.metric, numbers=asked_class.NUMBERS
  ),
  'memorization': Metric(
    ('features', *TRAINING),
    memorization.metric,
    judge='memorization',
    numbers=memorization.NUMBERS,
  ),
  'class_balance': Metric(
    ('logits', 'training_labels'), balance.classes, numbers=balance.OF_CLASSES
  ),
  'cluster_balance': Metric(
    (*REFERENCE, 'training_features', 'training_group'),
    balance.clusters,
    numbers=balance.OF_CLUSTERS,
  ),
  'same_noise': Metric(('features', 'same_noise_features'), same_noise.metric),
}
