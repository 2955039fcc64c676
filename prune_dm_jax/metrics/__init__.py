"""Metrics on arrays. Each is one file and one line in METRICS.

  (generated, reference) -> {metric: (value, low, high)}

Both are dicts of features [S, D], logits [S, C] and labels [S]; low and high
are an interval, or NaN where none is computed.
"""

from prune_dm_jax.metrics import asked_class
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import inception_score

METRICS = {
  'frechet_distance': frechet.metric,
  'inception_score': inception_score.metric,
  'asked_class': asked_class.metric,
}
