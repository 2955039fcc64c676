"""Which method and ratio, of the cells that were run, and how sure that is.

Each variant is compared with random pruning at the same ratio. The deviation
from seed to seed is pooled over all places with two seeds or more, so that one
of a single seed has an interval too; intervals are Student's, at 95 % for all
comparisons together (Bonferroni), as the best of many looks better than it is.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from prune_dm_jax.report import sweep

SIGN = {'frechet_distance': -1, 'f_score': 1, 'recall': 1, 'precision': 1}
"""Metrics that an answer can be about, and which way is better."""

NAMES = {'frechet_distance': 'Fréchet distance', 'f_score': 'F-score'}


class Noise(NamedTuple):
  deviation: float
  """From seed to seed; NaN if there are no two."""
  freedom: int


class Difference(NamedTuple):
  variant: str
  prune_ratio: float
  of: float
  beyond: float
  """The other's number subtracted."""
  half: float
  """Of the interval's width; NaN if there is none."""
  seeds: int


def noise(cells, metric):
  """The pooled deviation over seeds."""
  groups = [sweep.values(c, metric) for c in sweep.by_place(cells).values()]
  groups = [g for g in groups if len(g) > 1]
  freedom = sum(len(g) - 1 for g in groups)
  if not freedom:
    return Noise(np.nan, 0)
  squares = sum(np.square(g - g.mean()).sum() for g in groups)
  return Noise(float(np.sqrt(squares / freedom)), freedom)


def half_width(noise_, one, other, comparisons):
  """Of the interval of a difference of means over one and other seeds."""
  if not noise_.freedom:
    return np.nan
  t = stats.t.ppf(1 - 0.025 / max(comparisons, 1), noise_.freedom)
  return float(t * noise_.deviation * np.sqrt(1 / one + 1 / other))


def against_random(cells, metric):
  """A Difference for each place that has random pruning at its ratio."""
  places = sweep.by_place(cells)
  pairs = {
    place: (sweep.values(own, metric), sweep.values(random, metric))
    for place, own in places.items()
    for random in [places.get(('random', place[1]), [])]
    if place[0] != 'random'
  }
  pairs = {k: (a, b) for k, (a, b) in pairs.items() if len(a) and len(b)}
  spread = noise(cells, metric)
  return [
    Difference(
      variant, ratio, own.mean(), own.mean() - random.mean(),
      half_width(spread, len(own), len(random), len(pairs)), len(own),
    )
    for (variant, ratio), (own, random) in pairs.items()
  ]  # fmt: skip


def best(found, metric):
  """Those surely better than random, the best first."""
  sign = SIGN[metric]
  sure = [d for d in found if sign * d.beyond > d.half]
  return sorted(sure, key=lambda d: -sign * d.of)


def table(cells, metric):
  """Differences from random pruning: header, and a row for each variant.

  What is beyond chance is said to be better or worse.
  """
  found = against_random(cells, metric)
  ratios = sorted({d.prune_ratio for d in found})
  by = {(d.variant, d.prune_ratio): d for d in found}
  names = [
    v for v in sweep.variants(cells) if any((v, r) in by for r in ratios)
  ]
  rows = [
    (name, *(marked(by.get((name, r)), SIGN[metric]) for r in ratios))
    for name in names
  ]
  return ('variant', *(f'{r:g}' for r in ratios)), rows


def marked(difference, sign):
  if difference is None:
    return 'not run'
  text = f'{difference.beyond:+.2g}'
  if np.isfinite(difference.half):
    text += f' ± {difference.half:.2g}'
  if not abs(difference.beyond) > difference.half:
    return text
  better = sign * difference.beyond > 0
  return f'{text}, {"better" if better else "worse"}'


def sentences(cells, metric='frechet_distance'):
  """The answer, as sentences."""
  found, spread = against_random(cells, metric), noise(cells, metric)
  name = NAMES.get(metric, metric)
  if not found:
    return [f'No answer by {name}: random pruning was not run beside others.']
  if not spread.freedom:
    return [f'No answer by {name}: nothing was run with two seeds.']
  sure = best(found, metric)
  many = f'{len(found)} comparisons with random pruning at the same ratio'
  if not sure:
    return [f'By {name}, nothing beats random here, of {many}.']
  top = sure[0]
  found_by = f'{top.seeds} seed{"s" if top.seeds > 1 else ""}'
  return [
    f'By {name}, take {top.variant} at a prune ratio of {top.prune_ratio:g}: '
    f'{top.of:.3g} ({found_by}), {top.beyond:+.2g} ± {top.half:.2g} beside '
    f'random pruning at that ratio. {len(sure)} of {many} are better beyond '
    f'chance (95 % for all of them together; seeds deviate by '
    f'{spread.deviation:.2g}).',
    *beside_unpruned(cells, top, metric, name),
  ]


def beside_unpruned(cells, top, metric, name):
  whole = [c for c in cells if c.variant == 'unpruned']
  whole = sweep.values(whole, metric)
  if not len(whole):
    return ['The whole set was not run beside it.']
  half = half_width(noise(cells, metric), top.seeds, len(whole), 1)
  beyond = top.of - whole.mean()
  word = 'better than' if SIGN[metric] * beyond > half else 'worse than'
  word = 'no different from' if abs(beyond) <= half else word
  return [
    f'That is {word} the whole set, whose {name} is {whole.mean():.3g} '
    f'({beyond:+.2g} ± {half:.2g}).'
  ]
