"""Small multiples: the curves of a family beside random's, a panel a family.

All panels of a metric share their axes. Drawn as SVG in the page's own colours.
"""

import html
import math

import numpy as np

from prune_dm_jax.report import answer
from prune_dm_jax.report import curves
from prune_dm_jax.report import figures
from prune_dm_jax.report import plain
from prune_dm_jax.report import verdict

WIDE, HIGH = 240, 132
LEFT, RIGHT, TOP, BELOW = 38, 10, 8, 20
"""Of a panel, and of its margins, in its own units."""

DASHES = {'': '', '_inv': '5 3', '_mid': '1.5 2.5'}

STYLE = """
.multiples { display: grid; gap: 1rem 1.5rem; align-items: end;
  grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
.multiples figcaption { margin: 0; }
.multiples figcaption b { color: var(--ink); }
.multiples svg { max-width: 26rem; font-size: 9px; fill: none;
  stroke-width: 1.6; stroke-linejoin: round; }
.multiples text { fill: var(--quiet); }
.multiples .r { stroke: var(--pruned); stroke-width: 2.6; }
.multiples .w { stroke: var(--quiet); stroke-width: 1;
  stroke-dasharray: 7 3 1 3; }
.multiples .a { stroke: var(--line); stroke-width: 1; }
.multiples .p { stroke-width: 4; stroke-linecap: round; }
.multiples .b { opacity: .18; stroke: none; }
@media print { .multiples { grid-template-columns: repeat(4, 1fr); } }
"""

KEY = (
  'Solid: the method; dashed: its inverse; dotted: its middle; thick and grey: '
  'random pruning; a line across of dashes and dots: the whole set. Means over '
  'seeds; a band is from the least to the greatest. All panels of a number share '
  'their axes; prune ratios are below.'
)


def differing(cells, metric):
  """variant -> [(better | worse, ratio), ...] of what is beyond chance."""
  good, found = plain.of(metric).good, {}
  for one in answer.against(cells, metric):
    if word := answer.word(one, metric):
      word = word if good else 'different'
      found.setdefault(one.variant, []).append((word, one.prune_ratio))
  return found


def families(points):
  """family -> its variants, of those that have curves."""
  found = {}
  for variant in points:
    if variant not in ('random', 'unpruned'):
      found.setdefault(curves.look(variant).family, []).append(variant)
  return found


def drawn(points, metric, captions):
  """A panel for each family of `captions`, as HTML.

  Args:
    points: As `curves.points` gives them, of what is to be drawn.
    metric: Its name.
    captions: family -> HTML below its name.
  """
  axes = scales(points)
  own = families(points)
  parts = [
    panel(points, axes, family, own[family], metric, said)
    for family, said in captions.items()
  ]
  return f'<div class="multiples">{"".join(parts)}</div>'


def scales(points):
  """(x, y, ticks of x, ticks of y): two functions and where lines are."""
  from matplotlib import ticker

  every = np.concatenate(list(points.values()))
  ratios = sorted({r for v, p in points.items() if v != 'unpruned'
                   for r in p[:, 0]})  # fmt: skip
  low, high = every[:, 2].min(), every[:, 3].max()
  if math.isclose(low, high, rel_tol=1e-6):
    high = low + (abs(low) or 1)
  ticks = ticker.MaxNLocator(3).tick_values(low, high)
  low, high = min(low, ticks[0]), max(high, ticks[-1])
  first, last = ratios[0], ratios[-1]
  wide = (last - first) or 1.0
  middle = 0.5 if last == first else 0.0
  x = lambda r: LEFT + (middle + (r - first) / wide) * (WIDE - LEFT - RIGHT)
  y = lambda v: TOP + (high - v) / (high - low) * (HIGH - TOP - BELOW)
  return x, y, ratios, ticks


def panel(points, axes, family, variants, metric, said):
  x, y, ratios, ticks = axes
  lines = [
    f'<path class="a" d="M{LEFT} {y(t):.1f}H{WIDE - RIGHT}"/>'
    f'<text x="{LEFT - 4}" y="{y(t) + 3:.1f}" text-anchor="end">{t:.4g}</text>'
    for t in ticks
  ]
  lines += [
    f'<text x="{x(r):.1f}" y="{HIGH - 6}" text-anchor="middle">{r:g}</text>'
    for r in ratios
  ]
  if 'unpruned' in points:
    whole = points['unpruned'][0, 1]
    lines.append(f'<path class="w" d="M{LEFT} {y(whole):.1f}H{WIDE - RIGHT}"/>')
  for variant in ('random', *variants):
    if variant in points:
      lines.append(curve(points[variant], x, y, variant))
  about = html.escape(
    f'{family}: {curves.title(metric)}; {words(points, variants)}'
  )
  return (
    f'<figure><figcaption><b>{html.escape(family)}</b> {said}</figcaption>'
    f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{about}">'
    f'{"".join(lines)}</svg></figure>'
  )


def words(points, variants):
  """What the curves of a panel say, without seeing them."""
  number = lambda v, row: f'{v} {plain.number(row[1])} at {row[0]:g}'
  return ', '.join(number(v, row) for v in variants for row in points[v])


def curve(rows, x, y, variant):
  """A line with its points and its band."""
  _, colour, end = curves.look(variant)
  paint = '' if variant == 'random' else f' stroke="{colour}"'
  kind = ' class="r"' if variant == 'random' else ''
  fill = figures.GREY if variant == 'random' else colour
  path = lambda pairs: (
    'M' + 'L'.join(f'{x(r):.1f} {y(v):.1f}' for r, v in pairs)
  )
  text = ''
  if (rows[:, 3] > rows[:, 2]).any():
    around = [*rows[:, (0, 3)], *rows[::-1, (0, 2)]]
    text += f'<path class="b" fill="{fill}" d="{path(around)}Z"/>'
  dashes = f' stroke-dasharray="{DASHES[end]}"' if end else ''
  text += f'<path{kind}{paint}{dashes} d="{path(rows[:, :2])}"/>'
  dots = ''.join(f'M{x(r):.1f} {y(v):.1f}h0' for r, v in rows[:, :2])
  return text + f'<path class="p" stroke="{fill}" d="{dots}"/>'


def of_what_differs(cells, metric):
  """(panels of what is beyond chance as HTML, the variants that are not)."""
  points, differs = curves.points(cells, metric), differing(cells, metric)
  beside = {'random', 'unpruned'}
  some = {v: p for v, p in points.items() if v in beside or v in differs}
  captions = {
    family: html.escape('; '.join(said(v, differs[v]) for v in variants))
    for family, variants in families(some).items()
  }
  alike = [v for v in points if v not in some]
  return drawn(some, metric, captions) if captions else '', alike


def said(variant, found):
  """'inverse worse at 0.5 and 0.9' of one variant."""
  name = {'': '', '_inv': 'inverse ', '_mid': 'middle '}
  parts = [
    f'{word} at {verdict.listed([f"{r:g}" for w, r in found if w == word])}'
    for word in dict.fromkeys(w for w, _ in found)
  ]
  return name[curves.look(variant).end] + ', '.join(parts)


def of_all(cells, metric):
  """Panels of every family, or '' where there is none."""
  points = curves.points(cells, metric)
  captions = dict.fromkeys(families(points), '')
  return drawn(points, metric, captions) if captions else ''


def together(cells, metrics):
  """A panel a metric, in which all variants are."""
  parts = []
  for metric in metrics:
    points = curves.points(cells, metric)
    if points:
      name = curves.title(metric)
      parts.append(
        panel(points, scales(points), name, list(points), metric, '')
      )
  return f'<div class="multiples">{"".join(parts)}</div>'
