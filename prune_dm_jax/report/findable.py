"""The smallest difference that a sweep can find, before it is run.

Of two places of n seeds each, one of m comparisons at 95 % together, found POWER
of the time: the d in deviations from seed to seed, which vary alike, for which
Student's t of both, shifted by d sqrt(n / 2), is as often beyond what `answer` asks.
"""

import numpy as np
from scipy import stats

from prune_dm_jax.report import answer

POWER = 0.8


def smallest(seeds, comparisons):
  """In deviations from seed to seed; NaN below two seeds."""
  if seeds < 2:
    return np.nan
  freedom = 2 * (seeds - 1)
  bound = answer.quantile(seeds, comparisons)
  low, high = 0.0, 10 * bound
  for _ in range(40):
    middle = (low + high) / 2
    enough = stats.nct.sf(bound, freedom, middle) >= POWER
    low, high = (low, middle) if enough else (middle, high)
  return float(high * np.sqrt(2 / seeds))


def sentence(places, deviation):
  """What a sweep can find.

  Args:
    places: (variant, prune_ratio) -> planned seeds.
    deviation: From seed to seed, of its Fréchet distance; NaN, if not known.
  """
  each = [
    min(seeds, places['random', ratio])
    for (variant, ratio), seeds in places.items()
    if variant != 'random' and ('random', ratio) in places
  ]
  if not each:
    return 'Nothing is planned beside random pruning at the same ratio.'
  found = smallest(min(each), len(each))
  many = f'{min(each)} seed{"s" if min(each) > 1 else ""} a place and '
  many += f'{len(each)} comparisons with random pruning'
  if not np.isfinite(found):
    return (
      f'With {many} there are not enough seeds to claim any difference; '
      f'5 would find one of {smallest(5, len(each)):.1f} deviations from seed '
      'to seed.'
    )
  return (
    f'With {many} the smallest difference that is found four times in five is '
    f'{found:.1f} deviations from seed to seed, {in_distance(found * deviation)}.'
  )


def in_distance(number):
  """A difference in Fréchet distance, in words; NaN, if that is not known."""
  if not np.isfinite(number):
    return 'which no finished cells tell yet'
  return f'a Fréchet distance of {number:.2g} by the finished cells'
