"""Selection: the only place that drops anything, one rule for every method.

There is one order: by score, ties by a seeded permutation. `low` keeps its
head, `high` its tail, `middle` what is left when half of what is dropped goes
at either end; those of DRAWN draw along it. Within groups, the same,
with a number for each group. Numbers are exact: they are computed in fractions,
never in floats.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from prune_dm_jax.pruning import gaussian
from prune_dm_jax.pruning import interval
from prune_dm_jax.pruning import quota
from prune_dm_jax.pruning import strata

CUTS = ('high', 'middle', 'low')
"""What is kept of an order that is cut."""

DRAWN = {
  'strata': strata.kept,
  'gaussian': gaussian.kept,
  'interval': interval.kept,
}
"""(scores [n] ascending, number, draws [n], beta) -> [n] bool."""

KEEPS = (*CUTS, *DRAWN)
BETA = 0.1
"""The share that a rule of DRAWN drops first."""


def exact(prune_ratio):
  """0.29 as 29/100, not as the float next to it."""
  if isinstance(prune_ratio, Fraction):
    return prune_ratio
  return Fraction(Decimal(str(prune_ratio)))


def number_kept(size, prune_ratio):
  """M = N - floor(N * prune_ratio)."""
  if not 0 <= prune_ratio < 1:
    raise ValueError(
      f'prune_ratio is {prune_ratio}: it is the fraction removed, in [0, 1)'
    )
  return size - int(size * exact(prune_ratio))


def number_balanced(groups):
  """How many are kept if every group keeps as many as the smallest has."""
  sizes = group_sizes(groups)
  return len(sizes) * int(sizes.min())


def number_beyond(scores, threshold, keep):
  """How many scores are at least a threshold; of `low`, at most."""
  scores = np.asarray(scores)
  beyond = {'high': scores >= threshold, 'low': scores <= threshold}[keep]
  if not beyond.any():
    raise ValueError(
      f'config.select.threshold is {threshold:g}, which keeps none: scores are '
      f'from {scores.min():g} to {scores.max():g}'
    )
  return int(beyond.sum())


def group_sizes(groups):
  """[K] sizes of the groups that are not empty, by ascending label."""
  return np.unique(groups, return_counts=True)[1]


def largest_remainder(number, sizes):
  """[K] whole shares of `number` in proportion to the sizes, exact in sum."""
  sizes = np.asarray(sizes, np.int64)
  shares, remainders = np.divmod(number * sizes, sizes.sum())
  order = np.argsort(-remainders, kind='stable')
  shares[order[: number - shares.sum()]] += 1
  return shares


def proportional(number, sizes, keep, means=()):
  """[K] kept in each group; `high` is the complement of `low`."""
  del means
  if keep == 'high':
    return sizes - largest_remainder(sizes.sum() - number, sizes)
  return largest_remainder(number, sizes)


def waterfill(number, sizes, keep, means=()):
  """[K] kept in each group, as even as the sizes allow."""
  del keep, means
  kept = np.zeros_like(sizes)
  while left := number - kept.sum():
    unfilled = np.flatnonzero(kept < sizes)
    each = max(left // len(unfilled), 1)
    more = np.minimum(sizes[unfilled] - kept[unfilled], each)
    kept[unfilled[:left]] += more[:left]
  return kept


def whole(number, sizes, keep, means):
  """[K] kept in each group: all of one after the other, by their mean scores,
  until the last one is cut; of `middle`, and what is drawn, from the middle on.
  """
  places = quota.preference(np.arange(len(sizes)), keep)
  order = np.argsort(means, kind='stable')[np.argsort(places, kind='stable')]
  before = np.cumsum(sizes[order]) - sizes[order]
  kept = np.empty_like(sizes)
  kept[order] = np.clip(number - before, 0, sizes[order])
  return kept


ALLOCATIONS = {
  'proportional': proportional,
  'balanced': waterfill,
  'waterfill': waterfill,
  'whole': whole,
}
"""(number, sizes [K], keep, mean scores [K]) -> [K] kept in each group."""


def ascending(scores, seed):
  """[N] the one order: indices from the lowest score, ties by permutation."""
  scores = np.asarray(scores)
  if not np.isfinite(scores).all():
    bad = int(np.argmax(~np.isfinite(scores)))
    raise ValueError(f'the score of example {bad} is {scores[bad]}')
  tie = np.random.default_rng(seed).permutation(len(scores))
  return np.lexsort((tie, scores))


def head(dropped, keep):
  """How many of those dropped stand before what is kept."""
  return {'low': 0, 'middle': dropped // 2, 'high': dropped}[keep]


def select(scores, groups, *, number, keep, allocation, seed, beta=BETA):
  """What to keep.

  Args:
    scores: [N] finite.
    groups: [N] int; all the same where a method has no groups.
    number: How many are kept, at most N.
    keep: 'high' | 'middle' | 'low' scores, or those drawn by a row of DRAWN.
    allocation: 'proportional' | 'balanced' | 'waterfill' | 'whole' over groups;
      for 'balanced', the number is what `number_balanced` gives.
    seed: Of the permutation that breaks ties, and of what is drawn.
    beta: The share of each group that is dropped before any is drawn.

  Returns:
    [M] sorted indices into scores.

  Raises:
    ValueError: A score that is not finite, a word that is not a choice.
  """
  check_choice('keep', keep, KEEPS)
  check_choice('allocation', allocation, tuple(ALLOCATIONS))
  scores = np.asarray(scores)
  order = ascending(scores, seed)
  _, own, sizes = np.unique(groups, return_inverse=True, return_counts=True)
  order = order[np.argsort(own[order], kind='stable')]  # Group after group.
  begins = np.cumsum(sizes) - sizes
  means = np.add.reduceat(scores[order], begins, dtype=float) / sizes
  shares = ALLOCATIONS[allocation](number, sizes, keep, means)
  if keep in DRAWN:
    draws = uniform(len(order), seed)
    within = drawn(scores[order], draws, begins, shares, keep, beta)
    return np.sort(order[within])
  firsts = begins + head(sizes - shares, keep)
  place = np.arange(len(order))
  at = own[order]
  within = (firsts[at] <= place) & (place < (firsts + shares)[at])
  return np.sort(order[within])


def number_drawn(scores, groups, keep):
  """How many have an equal in their group that is kept where they are not, or not
  kept where they are.

  Args:
    scores: [N].
    groups: [N] int.
    keep: [N] bool.
  """
  _, value = np.unique(scores, return_inverse=True)
  _, group = np.unique(groups, return_inverse=True)
  _, equal = np.unique(group * (len(scores) + 1) + value, return_inverse=True)
  total, kept = np.bincount(equal), np.bincount(equal, keep)
  return int(total[(kept > 0) & (kept < total)].sum())


def uniform(number, seed):
  """[N] draws in (0, 1), of places, so that the data's own order is nothing."""
  found = np.random.default_rng([seed, 1]).random(number)
  return np.maximum(found, np.finfo(float).tiny)


def drawn(scores, draws, begins, shares, keep, beta):
  """[N] bool, group after group, by a row of DRAWN."""
  ends = np.append(begins[1:], len(scores))
  found = np.zeros(len(scores), bool)
  for first, end, share in zip(begins, ends, shares, strict=True):
    if share == end - first:
      found[first:end] = True
    elif share:
      own = slice(first, end)
      found[own] = DRAWN[keep](scores[own], share, draws[own], exact(beta))
  return found


def check_choice(name, value, choices):
  if value not in choices:
    raise ValueError(f'{name} is {value!r}; choose from {", ".join(choices)}')
