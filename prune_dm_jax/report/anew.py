"""What holds when all is drawn anew: of several --config.shared_seed, a setting each.

The split, the autoencoder, the judge and the scores are then others, of which levels
may differ by more than methods do. So each place is held beside random pruning, and
beside the whole set, inside each of them; how these differences vary tells chance.
"""

import numpy as np
from scipy import stats

from prune_dm_jax.report import answer
from prune_dm_jax.report import curves
from prune_dm_jax.report import families
from prune_dm_jax.report import page
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables
from prune_dm_jax.report import whole

KEY = 'shared_seed'

HEADER = ('variant', 'prune ratio', 'shared seeds')

SAID = (
  'Each shared seed has its own split, autoencoder, judge and scores. Means over '
  'them, in parentheses the least and the greatest; differences inside each, with '
  "Student's 95 % intervals over shared seeds, for all of a column together."
)


def means(cells, metric):
  """(variant, prune ratio) -> mean over seeds."""
  found = {
    place: sweep.values(own, metric)
    for place, own in sweep.by_place(cells).items()
  }
  return {
    place: values.mean() for place, values in found.items() if len(values)
  }


def differences(each, other):
  """place -> Difference from another place, over those that have both.

  Args:
    each: [{place: mean}, ...], of a shared seed each.
    other: place -> what it is held beside.
  """
  pairs = {}
  for own in each:
    for place, value in own.items():
      if other(place) in own and other(place) != place:
        pairs.setdefault(place, []).append((value, own[other(place)]))
  return {
    place: difference(place, *np.transpose(both), len(pairs))
    for place, both in pairs.items()
  }


def difference(place, own, other, comparisons):
  """The Difference of paired numbers [k] and [k], by Student's interval."""
  beyond = own - other
  deviation = beyond.std(ddof=1) if len(beyond) > 1 else 0.0
  half = np.nan  # Equal to the last digit, they tell nothing of chance.
  if deviation > answer.ROUNDING * max(abs(own).max(), abs(other).max()):
    t = stats.t.ppf(1 - 0.025 / comparisons, len(beyond) - 1)
    half = float(t * deviation / np.sqrt(len(beyond)))
  return answer.Difference(*place, own.mean(), beyond.mean(), half, len(beyond))


def table(family, metric):
  """Header, and a row a place, of most shared seeds and then the best mean first.

  Args:
    family: [cells, ...], of a shared seed each.
    metric: Its name.
  """
  each = [means(cells, metric) for cells in family]
  random = differences(each, lambda place: ('random', place[1]))
  all_of_it = differences(each, lambda place: whole.WHOLE)
  of = {
    place: np.array([own[place] for own in each if place in own])
    for place in dict.fromkeys(place for own in each for place in own)
  }
  order = lambda p: (-len(of[p]), -answer.sign(metric) * of[p].mean())
  told = lambda found: answer.marked(found, metric) if found else ''
  rows = [
    (
      place[0], f'{place[1]:.4g}', str(len(of[place])), tables.spread(of[place]),
      told(random.get(place)), told(all_of_it.get(place)),
    )
    for place in sorted(of, key=order)
  ]  # fmt: skip
  return (*HEADER, plain.of(metric).name, *whole.HEADER[-2:]), rows


def sections(several, files):
  """[(heading, [HTML, ...])] of settings that differ in shared_seed alone."""
  found = []
  each = families.differing_in(several, KEY)
  for family, end, of in families.named(each):
    parts = []
    for metric in answer.ANSWERS:
      header, rows = table(family, metric)
      if rows:
        parts += [
          page.smaller(curves.title(metric)),
          files.table(f'anew_{metric}{end}', header, rows),
        ]
    if parts:
      found.append((f'All drawn anew · {of}', [*parts, page.paragraph(SAID)]))
  return found
