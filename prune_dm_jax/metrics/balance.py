"""Balance: how the generated spread over classes and over clusters.

  total variation  1/2 sum_k |p_k - q_k|      KL  sum_k p_k log(p_k / q_k)

p is of the generated, q of the training set before pruning, or uniform. A
picture's class is that of its largest logit; its cluster is that of the nearest
centre, in the features that judge. The reference for the Fréchet distance is
reweighted until all clusters count equally: the plain one favours a generated
set that is as uneven as the data (the paper, 4.4).
"""

import numpy as np

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics.plain import DOWN
from prune_dm_jax.metrics.plain import Plain

TIMES = 1000
"""Draws of an interval."""

RARE = 0.25
"""Of the classes, those fewest in training, which are rare."""


def shares(counts):
  return counts / counts.sum()


def total_variation(p, q):
  return float(np.abs(p - q).sum() / 2)


def divergence(p, q):
  """KL; nothing generated where p is 0, infinite where only q is."""
  some = p > 0
  with np.errstate(divide='ignore'):
    return float((p[some] * np.log(p[some] / q[some])).sum())


def counted(groups, number):
  return np.bincount(groups, minlength=number)


def spread(groups, original, name):
  """How groups [S] are spread against counts [K] of the original.

  Returns:
    name -> (value, low, high).
  """
  q, number = shares(original), len(original)
  even, counts = np.full(number, 1 / number), counted(groups, number)
  measures = {
    f'{name}_total_variation': (total_variation, q),
    f'{name}_kl': (divergence, q),
    f'{name}_total_variation_uniform': (total_variation, even),
    f'{name}_kl_uniform': (divergence, even),
  }
  return {
    key: with_interval(of, counts, to) for key, (of, to) in measures.items()
  }


def with_interval(of, counts, q):
  """of(shares of counts [K], q [K]), and its 95 % interval by resampling.

  A distance of counted shares is too large by as much as chance adds, and of resamples
  once more. So its lower end is as far below it as resamples are above, and 0 where
  draws of q itself are as far.
  """
  value, number = of(shares(counts), q), int(counts.sum())
  if not np.isfinite(value):
    return value, np.nan, np.nan
  rng = np.random.default_rng(0)
  draws = lambda p: [
    of(shares(c), q) for c in rng.multinomial(number, p, TIMES)
  ]
  low, high = np.percentile(draws(shares(counts)), [2.5, 97.5])
  by_chance = np.percentile(draws(q), 97.5)
  least = 0.0 if value <= by_chance else max(0.0, 2 * value - high)
  return value, min(least, value), value + (high - low) / 2


def classes(given):
  """Classes of the generated against those of the training set."""
  number = given['logits'].shape[1]
  labels = given['logits'].argmax(axis=1)
  original = counted(given['training_labels'], number)
  found = spread(labels, original, 'class')
  rare = rarest(original)
  if rare.any():
    found['rare_classes'] = intervals.share(rare[labels])
    of_training = shares(original)[rare].sum()
    found['rare_classes_training'] = (float(of_training), np.nan, np.nan)
  return found


def rarest(counts):
  """[K] bool: the quarter with the lowest counts; fewer where counts are tied
  across the border, none where all are equal.
  """
  border = np.sort(counts)[int(RARE * len(counts))]
  return counts < border


def centers(features, group):
  """[K, D] means of clusters."""
  return np.stack(
    [features[group == k].mean(axis=0) for k in range(group.max() + 1)]
  )


def nearest(features, middles):
  """[N] the nearest of centres [K, D]."""
  half = np.square(middles).sum(axis=1) / 2
  found = [(rows @ middles.T - half).argmax(axis=1) for rows in
           frechet.blocks(features)]  # fmt: skip
  return np.concatenate(found)


def clusters(given):
  """Clusters of the generated, and the distance to an even reference."""
  group = given['training_group']
  middles = centers(np.asarray(given['training_features'], float), group)
  found = spread(
    nearest(given['features'], middles), np.bincount(group), 'cluster'
  )
  reference = given['reference_features']
  weights = evened(nearest(reference, middles))
  even = weighted_moments(reference, weights)
  of_even = frechet.metric({**given, 'reference_moments': even})
  found['frechet_distance_balanced'] = of_even['frechet_distance']
  return found


def evened(groups):
  """[N] weights of sum 1, with which all groups that are there count equally."""
  counts = np.bincount(groups)
  return shares(1 / counts[groups])


def weighted_moments(features, weights):
  """Mean [D] and unbiased covariance [D, D] under weights [N] of sum 1."""
  mean = sum(
    w @ rows
    for w, rows in zip(cut(weights), frechet.blocks(features), strict=True)
  )
  products = sum(
    ((rows - mean) * w[:, None]).T @ (rows - mean)
    for w, rows in zip(cut(weights), frechet.blocks(features), strict=True)
  )
  return mean, products / (1 - np.square(weights).sum())


def cut(weights):
  places = range(frechet.BLOCK, len(weights), frechet.BLOCK)
  return np.split(weights, list(places))


def plain(of):
  """name -> Plain of how the samples are spread over classes or clusters."""
  tell = {'': 'the training pictures before pruning', '_uniform': 'all alike'}
  return {
    f'{of}_{short}{end}': Plain(
      'Balance', f'{of.capitalize()} {name} from {tell[end]}', DOWN, line
    )
    for end in tell
    for short, name, line in (
      (
        'total_variation', 'shift', 'The share of samples that would have to '
        f'change {of} (total variation).',
      ),
      ('kl', 'divergence', f'Kullback-Leibler divergence over each {of}.'),
    )
  }  # fmt: skip


OF_CLASSES = {
  **plain('class'),
  'rare_classes': Plain(
    'Balance', 'Rare classes', '',
    'The share of samples of the rarest quarter of classes.',
  ),
  'rare_classes_training': Plain(
    'Balance', 'Rare classes in training', '',
    'Their share of the training pictures before pruning.',
  ),
}  # fmt: skip
"""name -> Plain of each number."""

OF_CLUSTERS = {
  **plain('cluster'),
  'frechet_distance_balanced': Plain(
    'Balance', 'Fréchet distance, clusters alike', DOWN,
    'To real pictures weighted so that every cluster counts the same.',
  ),
}  # fmt: skip
