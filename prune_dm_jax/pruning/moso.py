"""MoSo: how the risk of the others would move without one (Tan et al., 2023).

With G the mean gradient of the n examples of a subset and g_i one member's,
training on g_i changes the risk of the other n - 1, to first order, by their
mean gradient along it:

  (n <G, g_i> - || g_i ||^2) / (n - 1)       for each draw of the bank

times the learning rate. At each checkpoint of the surrogate that was trained on
the subset this is divided by its root mean square, in which the learning rate
cancels, and then averaged over checkpoints.
"""

import jax
import numpy as np

from prune_dm_jax.pruning import noise_bank


def agreement(loss, params, direction, *batch):
  """[B] <direction, g_i>: the derivative of each loss along the direction.

  Forward mode gives all of them at once, with no gradient of an example.
  """
  at = lambda params: loss(params, *batch)
  return jax.jvp(at, (params,), (direction,))[1]


def leave_one_out(dots, squared_norms, number):
  """<mean gradient of the others, g_i>, of <G, g_i>, || g_i ||^2 and n."""
  return (number * dots - squared_norms) / (number - 1)


def of_subset(dots, squared_norms):
  """[C, n, draws] each, of one subset at C checkpoints -> [n, draws]."""
  change = leave_one_out(
    np.asarray(dots, np.float64), np.asarray(squared_norms, np.float64),
    dots.shape[1],
  )  # fmt: skip
  mean = change.mean(axis=2)
  scale = np.sqrt(np.square(mean).mean(axis=1))
  return (change / scale[:, None, None]).mean(axis=0)


def scores(given, *, key):
  """Agreement of each example's gradient with that of the others of its subset.

  Args:
    given: surrogates, of which dots [C, N, draws], squared_norms [C, N, draws]
      and subset [N], each example at the surrogate that was trained on its own.
    key: Unused: the bank has its own.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  del key
  found = given['surrogates']
  dots, squared_norms, subset = (
    found[name] for name in ('dots', 'squared_norms', 'subset')
  )
  values = np.empty(dots.shape[1:], np.float64)
  for r in np.unique(subset):
    own = subset == r
    values[own] = of_subset(dots[:, own], squared_norms[:, own])
  return noise_bank.scores(values, subset)


def subsets(draw, num_subsets):
  """[N] uniform draws -> [N] int32 subset of each, sizes equal to within one."""
  place = np.empty(len(draw), np.int64)
  place[np.argsort(draw, kind='stable')] = np.arange(len(draw))
  return (place % num_subsets).astype(np.int32)
