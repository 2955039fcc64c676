"""Which method and ratio, of the cells that were run, and how sure that is.

Each variant is compared with random pruning at the same ratio, by the deviations
from seed to seed of these two places alone, as methods do not all vary alike. The
interval is at 95 % for all comparisons of a metric together (Bonferroni), as the
best of many looks better than it is. Below two seeds of both nothing is claimed.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep

ANSWERS = ('frechet_distance', 'f_score')
"""Metrics that an answer is given by: precision and recall can each be had for
the other."""

COMPARED = (*ANSWERS, 'recall', 'precision')
"""Metrics that are compared."""

BESIDE = {
  'better': 'better than', '': 'no different from', 'worse': 'worse than'
}  # fmt: skip
"""A `word` as it stands before what is compared with."""


ROUNDING = 1e-9
"""Of a number; deviations below it are no deviations."""


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
  """Of the interval's width; NaN where there are not enough seeds, infinite where
  all are equal to the last digit."""
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


def half_width(own, other, comparisons):
  """Of the interval of a difference of means over seeds [..., s] and [..., r].

  Welch's degrees of freedom come from deviations of few seeds, and are too many where
  one place happens to vary more than the other: of 56 comparisons 3 to 15 % would have
  a false claim. The fewer seeds less one are never too many, and leave little to be
  found; between them is their mean, see `freedom`.
  """
  if min(own.shape[-1], other.shape[-1]) < 2:
    return np.nan
  parts = [
    (of.var(axis=-1, ddof=1) / of.shape[-1], of.shape[-1])
    for of in (own, other)
  ]
  error = np.sqrt(sum(part for part, _ in parts))
  largest = np.maximum(abs(own).max(axis=-1), abs(other).max(axis=-1))
  t = stats.t.ppf(1 - 0.025 / max(comparisons, 1), freedom(parts))
  return np.where(error > ROUNDING * largest, t * error, np.inf)[()]


def freedom(parts):
  """The geometric mean of the fewer seeds less one, twice, and of Welch's degrees.

  Of 3 to 20 seeds that are equal in truth at most 5.3 in 100 sweeps then have a false
  claim, whatever the deviations of places are.

  Args:
    parts: Of two places, the variance of the mean, and of how many seeds.
  """
  few, many = sorted(seeds for _, seeds in parts)
  with np.errstate(invalid='ignore'):  # None varies: there is no error, either.
    welch = sum(part for part, _ in parts) ** 2 / sum(
      part**2 / (seeds - 1) for part, seeds in parts
    )
  welch = np.minimum(welch, (few - 1) * (1 + few / many))
  return np.cbrt((few - 1) ** 2 * welch)


def between(variant, ratio, own, other, comparisons):
  """The Difference of numbers over seeds [s] from others [r]."""
  return Difference(
    variant, ratio, own.mean(), own.mean() - other.mean(),
    half_width(own, other, comparisons), len(own),
  )  # fmt: skip


def against(cells, metric, other='random'):
  """A Difference for each place that has another variant at its ratio.

  What prunes nothing is the whole set itself, and is compared with none.
  """
  places = sweep.by_place(cells)
  pairs = {
    place: (sweep.values(own, metric), sweep.values(beside, metric))
    for place, own in places.items()
    for beside in [places.get((other, place[1]), [])]
    if place[0] != other and place[1]
  }
  pairs = {k: (a, b) for k, (a, b) in pairs.items() if len(a) and len(b)}
  return [
    between(variant, ratio, own, beside, len(pairs))
    for (variant, ratio), (own, beside) in pairs.items()
  ]


def enough(found):
  """Those of which something can be claimed."""
  return [d for d in found if np.isfinite(d.half)]


def sign(metric):
  """-1 where less is better, else 1."""
  return -1 if plain.of(metric).good == plain.DOWN else 1


def word(difference, metric):
  """'better' | 'worse' | '' where it is not beyond chance, or is not known."""
  if not abs(difference.beyond) > difference.half:
    return ''
  return 'better' if sign(metric) * difference.beyond > 0 else 'worse'


def best(found, metric):
  """Those surely better than random, the best first."""
  sure = [d for d in found if word(d, metric) == 'better']
  return sorted(sure, key=lambda d: -sign(metric) * d.of)


def table(cells, metric, other='random'):
  """Differences from another variant: header, and a row for each.

  What is beyond chance is said to be better or worse.
  """
  found = against(cells, metric, other)
  ratios = sorted({d.prune_ratio for d in found})
  by = {(d.variant, d.prune_ratio): d for d in found}
  names = [
    v for v in sweep.variants(cells) if any((v, r) in by for r in ratios)
  ]
  rows = [
    (name, *(marked(by.get((name, r)), metric) for r in ratios))
    for name in names
  ]
  return ('variant', *(f'{r:g}' for r in ratios)), rows


def marked(difference, metric):
  """A difference in words, and what it comes to."""
  if difference is None:
    return 'not run'
  if not np.isfinite(difference.half):
    why = 'not enough seeds' if np.isnan(difference.half) else ALIKE
    return f'{number(difference)}, {why}'
  came_to = word(difference, metric)
  return f'{number(difference)}, {came_to}'.removesuffix(', ')


ALIKE = 'no two seeds differ'


def number(difference):
  """'+0.1 ± 0.2', or '+0.1' without an interval; 113 is no 1.1e+02."""
  written = lambda v: f'{v:+.0f}' if abs(v) >= 99.5 else f'{v:+.2g}'
  known = difference.beyond, *filter(np.isfinite, [difference.half])
  return ' ± '.join(map(written, known)).replace('± +', '± ')


def sentences(cells, metric='frechet_distance'):
  """The answer, as sentences; none by a metric that is not of ANSWERS."""
  if metric not in ANSWERS:
    return []
  found, name = against(cells, metric), plain.of(metric).name
  if not found:
    return [f'No answer by {name}: random pruning was not run beside others.']
  told, sure = enough(found), best(found, metric)
  many = f'{len(found)} comparisons with random pruning at the same ratio'
  if not told:
    return [f'No answer by {name}: not enough seeds, {FEW}.']
  if not sure:
    return [
      f'By {name}, nothing beats random here, of {many}{few(found)}. '
      f'{could_be(told)}'
    ]
  top = sure[0]
  return [
    f'By {name}, take {top.variant} at a prune ratio of {top.prune_ratio:g}: '
    f'{top.of:.3g} ({top.seeds} seeds), {number(top)} '
    f'beside random pruning at that ratio. {len(sure)} of {many} are better '
    f'beyond chance (95 % for all of them together){few(found)}.',
    *beside_unpruned(cells, top, metric, name),
  ]


FEW = 'as a claim needs two of a method and two of random pruning at its ratio'


def few(found):
  """In how many comparisons nothing can be claimed, to go on with."""
  lacking = len(found) - len(enough(found))
  return f'; {lacking} of them have not enough seeds' if lacking else ''


def could_be(told):
  """How large a difference has to be to be claimed, with these seeds."""
  least, most = (f(d.half for d in told) for f in (min, max))
  return (
    f'Differences below {least:.2g} could not have been told from chance with '
    f'these seeds, at the most uneven place none below {most:.2g}.'
  )


def beside_unpruned(cells, top, metric, name):
  """Whether the best, which was chosen as such, is better than the whole set."""
  whole = [c for c in cells if c.variant == 'unpruned']
  whole = sweep.values(whole, metric)
  if not len(whole):
    return ['The whole set was not run beside it.']
  own = sweep.by_place(cells)[top.variant, top.prune_ratio]
  chosen_of = len(against(cells, metric))
  found = between(*top[:2], sweep.values(own, metric), whole, chosen_of)
  beside = f'the whole set, whose {name} is {whole.mean():.3g}'
  if not np.isfinite(found.half):
    return [
      f'There are not enough seeds to hold it against {beside} '
      f'({found.beyond:+.2g}).'
    ]
  return [f'That is {BESIDE[word(found, metric)]} {beside} ({number(found)}).']
