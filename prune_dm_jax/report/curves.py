"""Metrics against prune_ratio, a curve a variant (the paper's Figures 1 and 5)."""

import colorsys
import html
import zlib
from typing import NamedTuple

import numpy as np

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import figures
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep

COLOURS = {
  'unpruned': figures.INK,
  **{name: row.colour for name, row in METHODS.items() if row.colour},
  **{
    f'{name}_{backbone}': seen.colour
    for name, row in METHODS.items()
    if row.paper and row.of_features
    for backbone, seen in BACKBONES.items()
    if seen.colour
  },
  'DiT': '#2f7fd6',
  'GAN': '#c87218',
  'VAE': '#2b9566',
}
"""Of a family or a model, with a contrast of 3 on dark and on light."""

DASHES = {'_inv': (0, (4, 2)), '_mid': (0, (1, 1.5))}
KINDS = {'': 'solid', '_inv': 'dashed', '_mid': 'dotted'}


class Look(NamedTuple):
  family: str
  """The variant without its direction."""
  colour: str
  """#rrggbb of the family; figures.INK is the page's text."""
  end: str
  """Of the direction: '' | '_inv' | '_mid'."""


def look(variant):
  """How a variant is drawn; a family that has no colour here has one of its name."""
  end = next((end for end in DASHES if variant.endswith(end)), '')
  family = variant.removesuffix(end)
  return Look(family, COLOURS.get(family) or of_name(family), end)


def of_name(name):
  """A colour, the same for a name whatever else is drawn, as bright as others."""
  hue = zlib.crc32(name.encode()) / 2**32
  for lightness in np.linspace(0.7, 0.2, 51):
    found = colorsys.hls_to_rgb(hue, lightness, 0.6)
    if brightness(found) <= 0.2:
      break
  return '#' + ''.join(f'{round(255 * part):02x}' for part in found)


def brightness(rgb):
  """About the luminance of sRGB in 0..1: a square in place of its curve."""
  return float(np.square(rgb) @ (0.2126, 0.7152, 0.0722))


def title(metric):
  """A metric's plain name and which end is good."""
  about = plain.of(metric)
  end = f'{about.good} {plain.ENDS[about.good]}' if about.good else NEITHER
  return f'{about.name} {end}'


NEITHER = '(neither end is better)'


def points(cells, metric):
  """variant -> [r, 4] of prune_ratio, mean, least and greatest over seeds.

  Those whose ratio is not chosen have no curve.
  """
  found = {}
  for (variant, ratio), seeds in sweep.by_place(cells).items():
    of = sweep.values(seeds, metric)
    if len(of) and not sweep.follows(variant):
      row = (ratio, of.mean(), of.min(), of.max())
      found.setdefault(variant, []).append(row)
  return {v: np.array(found[v]) for v in sweep.variants(cells) if v in found}


def drawing(cells, metric):
  """An SVG; unpruned is a line across, bands are from least to greatest."""
  with figures.canvas() as (figure, axes):
    draw(axes, cells, metric)
    return figures.as_svg(figure)


def overview(cells, metrics):
  """Four metrics in one SVG, with a legend."""
  with figures.canvas(2, 2) as (figure, axes):
    for place, metric in zip(axes.flat, metrics, strict=True):
      draw(place, cells, metric)
    lines, names = axes.flat[0].get_legend_handles_labels()
    figure.legend(
      lines, names, loc='outside lower center', ncols=4, frameon=False
    )
    return figures.as_svg(figure)


def draw(axes, cells, metric):
  """All curves of a metric."""
  for variant, rows in points(cells, metric).items():
    _, colour, end = look(variant)
    ratio, mean, low, high = rows.T
    if variant == 'unpruned':
      axes.axhspan(low[0], high[0], color=colour, alpha=0.12, lw=0)
      axes.axhline(mean[0], color=colour, lw=1, ls='-.', label=variant)
      continue
    axes.plot(
      ratio, mean, color=colour, ls=DASHES.get(end, '-'), lw=1.4, marker='.',
      label=variant,
    )  # fmt: skip
    if (high > low).any():
      axes.fill_between(ratio, low, high, color=colour, alpha=0.2, lw=0)
  axes.set(xlabel='prune ratio')
  axes.set_title(title(metric), loc='left', fontsize='medium')


def swatch(variant):
  """A piece of a variant's line, as HTML."""
  _, colour, end = look(variant)
  colour = 'currentColor' if colour == figures.INK else colour
  kind = 'dotted' if variant == 'unpruned' else KINDS[end]
  return f'<i class="swatch" style="border-top:3px {kind} {colour}"></i>'


def legend(cells):
  """A line of HTML for each variant that has a curve."""
  parts = [
    f'<span>{swatch(variant)}{html.escape(variant)}</span>'
    for variant in sweep.variants(cells)
    if not sweep.follows(variant)
  ]
  return f'<div class="legend">{"".join(parts)}</div>'


def rows(cells, metrics):
  """One {variant, prune_ratio, metric, seeds, mean, least, greatest} a point."""
  found = []
  for (variant, ratio), seeds in sweep.by_place(cells).items():
    for metric in metrics:
      of = sweep.values(seeds, metric)
      if len(of):
        numbers = dict(mean=of.mean(), least=of.min(), greatest=of.max())
        about = dict(variant=variant, prune_ratio=ratio, metric=metric)
        found.append(about | dict(seeds=len(of)) | numbers)
  return found
