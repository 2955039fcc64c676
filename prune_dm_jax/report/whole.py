"""Does pruning pay: each place beside random pruning and beside the whole set.

Intervals are at 95 % for all comparisons of a metric with the same end together
(Bonferroni); see answer.
"""

import numpy as np

from prune_dm_jax.report import answer
from prune_dm_jax.report import curves
from prune_dm_jax.report import page
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables

WHOLE = ('unpruned', 0.0)
METRICS = (
  *answer.COMPARED,
  *(name for name, about in plain.METRICS.items() if about.chapter == 'Labels'),
)
HEADER = ('variant', 'prune ratio', 'kept', 'seeds', 'beside random',
          'beside the whole set')  # fmt: skip


def against(cells, metric):
  """place -> Difference from the whole set; none if that was not run."""
  values = {
    place: sweep.values(own, metric)
    for place, own in sweep.by_place(cells).items()
    if place != ('random', 0.0)  # The whole set, too.
  }
  whole = values.pop(WHOLE, ())
  found = {place: own for place, own in values.items() if len(own)}
  return {
    place: answer.between(*place, own, whole, len(found))
    for place, own in found.items()
    if len(whole)
  }


def table(cells, metric, whole):
  """Header, and a row a place, the best mean first; whole: as of `against`."""
  random = {d[:2]: d for d in answer.against(cells, metric)}
  told = lambda found: answer.marked(found, metric) if found else ''
  rows = [
    (
      sweep.values(own, metric).mean(),
      (
        place[0], f'{place[1]:.4g}', tables.kept_of(own), str(len(own)),
        tables.over_seeds(own, metric), told(random.get(place)),
        told(whole.get(place)),
      ),
    )
    for place, own in sweep.by_place(cells).items()
    if len(sweep.values(own, metric))
  ]  # fmt: skip
  rows.sort(key=lambda row: -answer.sign(metric) * row[0])
  header = (*HEADER[:4], plain.of(metric).name, *HEADER[4:])
  return header, [row for _, row in rows]


def least(found):
  """How small a difference can be told from none by some Differences, in words."""
  halves = [d.half for d in found if np.isfinite(d.half)]
  if not halves:
    return ''
  return (
    f'{len(found)} comparisons share an error of 5 %; their intervals are '
    f'± {min(halves):.2g} to ± {max(halves):.2g}, and no smaller difference is told.'
  )


def chapter(cells, files):
  """The tables as HTML, and files of them; none without the whole set."""
  parts = []
  for metric in METRICS:
    if found := against(cells, metric):
      shown = files.table(
        f'beside_whole_{metric}', *table(cells, metric, found)
      )
      heading = page.smaller(curves.title(metric))
      parts += [heading, shown, page.paragraph(least(found.values()))]
  return parts
