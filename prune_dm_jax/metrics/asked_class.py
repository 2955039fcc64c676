"""The share of generated pictures that the judge gives the class asked for."""

from prune_dm_jax.metrics import intervals


def metric(given):
  right = given['logits'].argmax(axis=1) == given['labels']
  return {'asked_class': intervals.share(right)}
