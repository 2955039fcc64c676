"""Metrics against prune_ratio, a curve a variant (the paper's Figures 1 and 5)."""

import html

import numpy as np

from prune_dm_jax.report import figures
from prune_dm_jax.report import sweep

COLOURS = {
  'random': '#8a8a8a',
  'monotonicity': '#d9822b',
  'grand': '#c4438f',
  'el2n': '#2f9e6e',
  'moso': '#8d6bd1',
  'cluster_classifier': '#2f7fd6',
  'cluster_pixels': '#b59a1c',
  'cluster_clip': '#d64b4b',
  'cluster_dino': '#3aa6b9',
  'DiT': '#2f7fd6',
  'GAN': '#d9822b',
  'VAE': '#2f9e6e',
}
"""Of a method or a model, on dark and on light."""

DASHES = {'_inv': (0, (4, 2)), '_mid': (0, (1, 1.5))}

LABELS = {
  'frechet_distance': 'Fréchet distance ↓',
  'f_score': 'F-score',
  'inception_score': 'inception score',
  'vendi': 'Vendi score',
}


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


def style(variant):
  """Colour and dashes of a variant."""
  for end, dashes in DASHES.items():
    if variant.endswith(end):
      return COLOURS.get(variant.removesuffix(end), figures.INK), dashes
  return COLOURS.get(variant, figures.INK), '-'


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
    colour, dashes = style(variant)
    ratio, mean, low, high = rows.T
    if variant == 'unpruned':
      axes.axhspan(low[0], high[0], color=colour, alpha=0.12, lw=0)
      axes.axhline(mean[0], color=colour, lw=1, ls='-.', label=variant)
      continue
    axes.plot(
      ratio, mean, color=colour, ls=dashes, lw=1.4, marker='.', label=variant
    )
    if (high > low).any():
      axes.fill_between(ratio, low, high, color=colour, alpha=0.2, lw=0)
  label = LABELS.get(metric, metric.replace('_', ' '))
  axes.set(xlabel='prune ratio', ylabel=label)


def legend(cells):
  """A line of HTML for each variant that has a curve."""
  parts = []
  for variant in sweep.variants(cells):
    if sweep.follows(variant):
      continue
    colour, dashes = style(variant)
    dashes = DASHES['_mid'] if variant == 'unpruned' else dashes
    kind = {'-': 'solid', DASHES['_inv']: 'dashed'}.get(dashes, 'dotted')
    colour = 'currentColor' if colour == figures.INK else colour
    parts.append(
      f'<span><i style="border-top: 3px {kind} {colour}"></i>'
      f'{html.escape(variant)}</span>'
    )
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
