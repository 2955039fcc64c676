"""Diffusion classifier: how little a picture's class is believed (Li et al., 2023).

  score_i = -log p(c_i | x_i),   p(c | x) = exp(-L(c)) / sum_k exp(-L(k))

L(c) is the squared error of the velocity where the network is told c, the sum over
dimensions, mean over surrogates and draws, all at the same times and noises. Of more
than FEW classes the sum is exp(-L) of no class, which is p(x) in its place: the score
is then log p(x_i) - log p(x_i | c_i).
"""

import numpy as np

from prune_dm_jax.pruning import noise_bank

FEW = 20
"""Classes that are all asked for."""

AT_ONCE = 8192


def asked(num_classes, null_class):
  """The labels that a network is told beside a picture's own.

  Args:
    num_classes: That the network knows.
    null_class: Whether it also knows of none, whose label is num_classes.

  Raises:
    ValueError: There are too few classes, or too many and no null class.
  """
  if num_classes < 2:
    raise ValueError(
      'config.score.method is diffusion_classifier, which compares classes, but '
      f'the model is told {num_classes}; take a set with two or more, and '
      'config.dit.conditional=True'
    )
  if num_classes <= FEW:
    return list(range(num_classes))
  if not null_class:
    raise ValueError(
      f'config.dit.label_dropout is 0, but {num_classes} classes are compared with '
      'no class, which the surrogate must be told at times; take 0.1'
    )
  return [num_classes]


def scores(given, *, key):
  """How little the surrogate believes that a picture is of its class.

  Args:
    given: class_losses [R, 1 + A, N, draws], of R surrogates at their end: told its
      own class, then each label that is `asked`.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, high where the class is not believed; error [N] float32, to
    first order; group [N] zeros.
  """
  del key
  losses = given['class_losses']
  size = losses.shape[2]
  score, moved = np.empty(size), np.empty(losses.shape[2:])
  for first in range(0, size, AT_ONCE):
    rows = slice(first, first + AT_ONCE)
    own = np.asarray(losses[:, :, rows], np.float64).mean(axis=0)
    score[rows], moved[rows] = surprise(own)
  error = noise_bank.mean_and_error(moved)[1]
  return score.astype(np.float32), error, np.zeros(size, np.int32)


def surprise(losses):
  """-log p [n] of losses [1 + A, n, draws], and what each draw adds [n, draws]."""
  mean = losses.mean(axis=2)
  ahead = mean[0] - mean[1:]
  top = ahead.max(axis=0)
  weight = np.exp(ahead - top)
  total = weight.sum(axis=0)
  share = weight / total
  return top + np.log(total), losses[0] - (share[..., None] * losses[1:]).sum(0)
