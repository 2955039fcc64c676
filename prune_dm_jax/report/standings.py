"""How each variant stands beside random pruning: a row each, a column a ratio.

A dot is the difference from random at that ratio and a line its interval, all on
one scale, so that columns can be held against each other. The best row is first:
that whose mean place over the ratios is.
"""

import html

import numpy as np

from prune_dm_jax.report import answer
from prune_dm_jax.report import curves
from prune_dm_jax.report import dots
from prune_dm_jax.report import page
from prune_dm_jax.report import sweep

MANY = 3
"""Columns beyond which words stand below their line."""

STYLE = """
.standings table { width: 100%; }
.standings td { vertical-align: middle; }
.beyond { display: grid; gap: 0 .6rem; align-items: center; font-size: .8rem;
  grid-template-columns: minmax(3.5rem, 1fr) 9.6rem; color: var(--quiet); }
.beyond .track::after { content: ''; position: absolute; left: var(--random);
  top: -.3rem; bottom: -.3rem; border-left: 1px solid var(--quiet); }
.tight .beyond { grid-template-columns: minmax(5rem, 1fr); }
.tight .track::after { bottom: 0; }
.beyond.better, .beyond.worse { color: var(--ink); font-weight: 600; }
.beyond.better i, .beyond.better b { background: var(--better);
  border-color: var(--better); }
.beyond.worse i, .beyond.worse b { background: var(--worse);
  border-color: var(--worse); }
.swatch { display: inline-block; width: 1.6rem; margin-right: .4rem;
  vertical-align: middle; }
@media (max-width: 44rem) {
  .standings td:not(:first-child) { display: grid; align-items: center;
    grid-template-columns: 2.4rem minmax(0, 1fr); }
  .beyond, .tight .beyond {
    grid-template-columns: minmax(3.5rem, 1fr) 10.2rem; }
}
"""


def least(found):
  """How large a difference has to be to be told, in words, or ''."""
  half = [d.half for d in answer.enough(found)]
  if not half:
    return ''
  return f' No difference below {min(half):.2g} could be told from chance here.'


def ordered(found, metric):
  """Variants of differences, the best first."""
  places = {}
  for ratio in {d.prune_ratio for d in found}:
    own = [d for d in found if d.prune_ratio == ratio]
    own.sort(key=lambda d: -answer.sign(metric) * d.beyond)
    for place, difference in enumerate(own):
      share = place / max(len(own) - 1, 1)
      places.setdefault(difference.variant, []).append(share)
  return sorted(places, key=lambda v: (np.mean(places[v]), v))


def reach(found):
  """(lowest, highest) of all intervals and of 0, with a little more."""
  half = [d.half if np.isfinite(d.half) else 0.0 for d in found]
  ends = [d.beyond + s * h for d, h in zip(found, half, strict=True)
          for s in (-1, 1)]  # fmt: skip
  return dots.ends([dict(value=e, low=None, high=None) for e in (0.0, *ends)])


def cell(difference, metric, at):
  """A difference as a dot on its line and in words, as HTML."""
  if difference is None:
    return 'not run'
  middle, half = difference.beyond, difference.half
  row = dict(value=middle, low=None, high=None)
  if np.isfinite(half):
    row |= dict(low=middle - half, high=middle + half)
  came_to, text = answer.word(difference, metric), answer.number(difference)
  text += f', {came_to}' if came_to else ''
  return page.Html(
    f'<div class="beyond {came_to}">{dots.track(row, at)}'
    f'<span>{html.escape(text)}</span></div>'
  )


def table(cells, metric):
  """The table of a metric as HTML, or '' where random has nothing beside it."""
  found = answer.against(cells, metric)
  if not found:
    return ''
  low, high = reach(found)
  at = lambda value: 100 * (value - low) / (high - low)
  by = {(d.variant, d.prune_ratio): d for d in found}
  ratios = sorted({d.prune_ratio for d in found})
  names = [v for v in ordered(found, metric) if not sweep.follows(v)]
  rows = [
    (named(v), *(cell(by.get((v, r)), metric, at) for r in ratios))
    for v in names
  ]
  header = ('variant', *(f'{ratio:g}' for ratio in ratios))
  kind = 'standings tight' if len(ratios) > MANY else 'standings'
  return (
    f'<div class="{kind}" style="--random:{at(0):.2f}%">'
    f'{page.table(header, rows)}</div>'
  )


def named(variant):
  return page.Html(
    f'<span>{curves.swatch(variant)}{html.escape(variant)}</span>'
  )


def side(cells, metric):
  """Which end of the lines is good, and how fine they are, in words."""
  end = 'left' if answer.sign(metric) < 0 else 'right'
  return (
    f'Differences from random pruning at the same prune ratio, a column each: '
    f'{end} of the upright line is better.'
    + least(answer.against(cells, metric))
  )


NOTE = (
  'A bar is the 95 % interval for all of a table together. Beyond chance blue is '
  'better and orange worse; hollow is neither. Where there is no bar, there are not '
  'enough seeds to tell. The best on the whole comes first.'
)
