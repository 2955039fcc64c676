"""The smallest difference that a sweep can find, before it is run.

Of two places of n seeds each, one of m comparisons at 95 % together, found POWER
of the time: the d in deviations from seed to seed, which vary alike, that many of
DRAWS places are apart by more than the interval of `answer` is wide.
"""

import numpy as np

from prune_dm_jax.report import answer

POWER = 0.8
DRAWS = 20_000


def smallest(seeds, comparisons):
  """In deviations from seed to seed; NaN below two seeds."""
  if seeds < 2:
    return np.nan
  rng = np.random.default_rng(0)
  own, other = rng.standard_normal((2, DRAWS, seeds))
  half = answer.half_width(own, other, comparisons)
  needed = half - (own.mean(axis=1) - other.mean(axis=1))
  return float(np.quantile(needed, POWER))


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
