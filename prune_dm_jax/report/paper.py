"""The figures and tables of the paper, as chapters that fold.

Each gives a list of HTML, empty where the cells that it needs are not there.
"""

import html

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import answer
from prune_dm_jax.report import curves
from prune_dm_jax.report import models
from prune_dm_jax.report import multiples
from prune_dm_jax.report import page
from prune_dm_jax.report import same
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables

FIRST = ('frechet_distance', 'f_score', 'inception_score', 'vendi')
"""The four of Figures 1 and 5."""

CLUSTERED = tuple(
  name for name, row in METHODS.items() if row.paper and row.of_clusters
)

APART = ('precision', 'recall')

CURVES = (
  'Means over seeds; a band is from the least to the greatest. The line across '
  'is the whole set. Dashed: the inverse selection; dotted: the middle.'
)

MEMORY = (
  'Distances in the features that judge: neither end is good, those of samples '
  'should be like those of held-out pictures. In parentheses the least and the '
  'greatest over seeds, in brackets a 95 % interval over samples. A copy is '
  'under a third as far from one training picture as from the next.'
)

NOISES = (
  'Every column is the same noise and class. Good is what looks real and is not '
  'all alike.'
)

MODELS = (
  'Random pruning, the same subsets, steps and pictures a step for every model; '
  'at 0 each has the whole set. Means over seeds; a band is from the least to '
  'the greatest.'
)

FROM_WHOLE = (
  "The number of the whole set, and each ratio's with it subtracted, with 95 % "
  'intervals for all ratios of a model together (Bonferroni), from the deviation '
  'between its seeds.'
)


def curved(cells, files):
  """Figures 1 and 5, every curve; files of all metrics and of the numbers."""
  if not sweep.ratios(cells):
    return []
  names = list(dict.fromkeys(m for c in cells for m in c.rows))
  drawn = {name: curves.drawing(cells, name) for name in names}
  for name, svg in drawn.items():
    files.figure(name, svg)
  if set(FIRST) <= set(names):
    files.figure('overview', curves.overview(cells, FIRST))
  files.csv('curves', curves.rows(cells, names))
  shown = [labelled(drawn[n], n) for n in FIRST + APART if n in drawn]
  return [curves.legend(cells), page.pair(*shown), page.paragraph(CURVES)]


def labelled(svg, metric):
  """A drawing, whose title is in it, with its name for who does not see it."""
  text = html.escape(curves.title(metric))
  return f'<figure role="img" aria-label="{text}">{svg}</figure>'


def has_pictures(cells):
  return any((c.folder / c.samples / 'images.npy').exists() for c in cells)


def noises(cells):
  """A grid for each variant, all but the first folded."""
  if not has_pictures(cells):
    return []
  names = [
    v for v in sweep.variants(cells)
    if v != 'unpruned' and not sweep.follows(v)
  ]  # fmt: skip
  grids = [page.smaller(name) + same.by_ratio(cells, name) for name in names]
  more = ''.join(grids[1:])
  folded = page.folded(f'{len(grids) - 1} more variants', more) if more else ''
  return [page.paragraph(NOISES), grids[0], folded] if grids else []


def distances(cells):
  """Clusters' nearest, middle and furthest, at the ratio nearest to a half."""
  ratios = sweep.ratios(cells)
  stems = dict.fromkeys(
    curves.look(v).family
    for v in sweep.variants(cells)
    if v.startswith(CLUSTERED) and not sweep.follows(v)
  )
  if not ratios or not stems or not has_pictures(cells):
    return []
  ratio = min(ratios, key=lambda r: abs(r - 0.5))
  ends = {'nearest': '', 'middle': '_mid', 'furthest': '_inv'}
  first = same.first_of(cells)
  return [page.paragraph(NOISES)] + [
    page.smaller(f'{stem}, prune ratio {ratio:g}')
    + same.rows([(n, first.get((stem + e, ratio))) for n, e in ends.items()])
    for stem in stems
  ]


def others(cells, files):
  """Curves of random pruning for each model, and how far it is from unpruned."""
  found = models.compared(cells)
  if len({cell.model for cell in found}) < 2 or not sweep.ratios(found):
    return []
  names = FIRST[:2] + APART
  files.figure('models', curves.overview(found, names))
  shown = multiples.together(found, names)
  parts = [curves.legend(found), shown, page.paragraph(MODELS)]
  for metric in FIRST[:2]:
    told = files.table(f'models_{metric}', *models.table(found, metric))
    parts += [page.smaller(curves.title(metric)), told]
  return [*parts, page.paragraph(FROM_WHOLE)]


def memorisation(cells, files):
  """Table 1."""
  shown = tables.arrows(tables.MEMORY)
  table = files.table('memorisation', *tables.memorisation(cells), shown)
  return [table, page.paragraph(MEMORY)]


def balanced(cells, files):
  """Table 2."""
  found = tables.balance(cells)
  shown = tables.arrows(tables.BALANCE)
  return [] if found is None else [files.table('balance', *found, shown)]


def beside(cells, files):
  """Files of differences from random pruning, which the page draws."""
  for metric in FIRST[:2]:
    header, rows = answer.table(cells, metric)
    if rows:
      files.table(f'beside_random_{metric}', header, rows)
