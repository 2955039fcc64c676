"""Inception score (Salimans et al., 2016), with any classifier's logits.

exp( E_x KL( p(y|x) || p(y) ) ),  the mean over 10 splits
"""

import numpy as np

from prune_dm_jax.metrics.plain import UP
from prune_dm_jax.metrics.plain import Plain


def probabilities(logits):
  """[S, C] -> [S, C] softmax in float64."""
  logits = np.asarray(logits, np.float64)
  p = np.exp(logits - logits.max(axis=1, keepdims=True))
  return p / p.sum(axis=1, keepdims=True)


def score(p):
  """[S, C] probabilities -> the score; between 1 and C."""
  marginal = p.mean(axis=0)
  ratio = np.log(np.maximum(p, 1e-300)) - np.log(np.maximum(marginal, 1e-300))
  return float(np.exp((p * ratio).sum(axis=1).mean()))


def metric(given, *, splits=10):
  """Value, and one standard deviation over the splits to either side."""
  p = probabilities(given['logits'])
  order = np.random.default_rng(0).permutation(len(p))
  scores = [
    score(p[part]) for part in np.array_split(order, min(splits, len(p)))
  ]
  mean, std = float(np.mean(scores)), float(np.std(scores))
  return {'inception_score': (mean, mean - std, mean + std)}


NUMBERS = {
  'inception_score': Plain(
    'Fidelity', 'Inception score', UP,
    'Clear classes, and many of them. Its interval is one standard deviation '
    'over ten splits.',
  ),
}  # fmt: skip
"""name -> Plain of each number."""
