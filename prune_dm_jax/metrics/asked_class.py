"""The share of generated pictures that the judge gives the class asked for."""

from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics.plain import UP
from prune_dm_jax.metrics.plain import Plain


def metric(given):
  right = given['logits'].argmax(axis=1) == given['labels']
  return {'asked_class': intervals.share(right)}


NUMBERS = {
  'asked_class': Plain(
    'Labels', 'Class as asked', UP,
    'The share of samples that the judge says are of the class asked for.',
  ),
}  # fmt: skip
"""name -> Plain of each number."""
