"""Vendi score: how many different pictures there seem to be (Friedman, 2022).

  exp H_q(lambda),  lambda the eigenvalues of K / n,  K_ij the cosine of x_i, x_j

H_1 is Shannon's entropy, H_q Rényi's. X'X / n of normalised rows, uncentred, has
the same eigenvalues but for zeros: the smaller of the two is taken.
"""

import numpy as np

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics.plain import UP
from prune_dm_jax.metrics.plain import Plain

ORDERS = (0.5, 1.0, 2.0, np.inf)


def unit(rows, first):
  """Rows at length 1."""
  length = np.linalg.norm(rows, axis=1, keepdims=True)
  if not length.all():
    bad = first + int(np.argmin(length))
    raise ValueError(f'the features of example {bad} are zero: no direction')
  return rows / length


def units(features):
  """[N, D] -> blocks of rows at length 1, float64."""
  for i, rows in enumerate(frechet.blocks(features)):
    yield unit(rows, i * frechet.BLOCK)


def products(features):
  """X'X [D, D] of normalised rows."""
  return sum(rows.T @ rows for rows in units(features))


def entropies(similarity, orders):
  """exp H_q of the eigenvalues of a symmetric matrix of trace 1, by order."""
  values = frechet.above_rounding(np.linalg.eigvalsh(similarity))
  values = values[values > 0]
  return {order: effective(values, order) for order in orders}


def effective(values, order):
  """The number of equal values that would have this entropy."""
  if order == 1:
    return float(np.exp(-(values * np.log(values)).sum()))
  if np.isinf(order):
    return float(1 / values.max())
  return float((values**order).sum() ** (1 / (1 - order)))


def scores(features, orders=(1.0,)):
  """{order: score} of features [N, D]; between 1 and N."""
  number, width = features.shape
  if width <= number:
    return entropies(products(features) / number, orders)
  x = np.concatenate(list(units(features)))
  return entropies(x @ x.T / number, orders)


def left_out(features, orders):
  """Scores of all rows but those of each group."""
  group = intervals.groups(len(features))
  parts = [np.flatnonzero(group == g) for g in range(intervals.GROUPS)]
  if features.shape[1] > len(features):
    return [scores(np.delete(features, p, axis=0), orders) for p in parts]
  each = [products(features[p]) for p in parts]
  rest = [len(features) - len(p) for p in parts]
  return [
    entropies((sum(each) - one) / number, orders)
    for one, number in zip(each, rest, strict=True)
  ]


def metric(given):
  features = given['features']
  found = scores(features, ORDERS)
  halves = dict.fromkeys(ORDERS, np.nan)
  if len(features) >= 2 * intervals.GROUPS:
    less = left_out(features, ORDERS)
    for order, value in found.items():
      _, halves[order] = intervals.jackknife(value, [s[order] for s in less])
  name = lambda order: 'vendi' if order == 1 else f'vendi_{order:g}'
  return {
    name(order): (value, value - halves[order], value + halves[order])
    for order, value in found.items()
  }


def plain(name, weight):
  return Plain(
    'Diversity', name, UP, 'As many different pictures there seem to be; '
    f'{weight}.',
  )  # fmt: skip


NUMBERS = {
  'vendi': plain('Vendi score', 'frequent ones count as they are'),
  'vendi_0.5': plain('Vendi score, order 0.5', 'rare ones count more'),
  'vendi_2': plain('Vendi score, order 2', 'frequent ones count more'),
  'vendi_inf': plain('Vendi score, order ∞', 'only the most frequent count'),
}  # fmt: skip
"""name -> Plain of each number."""
