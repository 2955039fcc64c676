"""Drawings as SVG text that takes the page's colours, dark or light."""

import contextlib
import io
import re

import numpy as np

from prune_dm_jax.report.style import KEPT
from prune_dm_jax.report.style import PRUNED

GREY = '#808080'
"""Ink of a drawing that stands alone, on dark or on light."""

INK = '#123456'
"""Stands for the page's text colour, and is replaced by it."""


@contextlib.contextmanager
def canvas(rows=1, columns=1):
  """A figure and its axes, to draw on and to save while it lasts."""
  import matplotlib

  matplotlib.use('Agg')
  from matplotlib import pyplot

  settings = {
    'svg.fonttype': 'none',
    'svg.hashsalt': 'prune_dm_jax',
    'text.parse_math': False,  # A name may have a $.
    'font.size': 9,
    **dict.fromkeys(
      ('text.color', 'axes.labelcolor', 'xtick.color', 'ytick.color'), INK
    ),
    'axes.edgecolor': INK,
    'axes.spines.top': False,
    'axes.spines.right': False,
  }
  with matplotlib.rc_context(settings):
    size = 4.6 * columns, 2.6 * rows
    yield pyplot.subplots(rows, columns, figsize=size, layout='constrained')


def curves(lines, *, xlabel, ylabel, log=False):
  """name -> (x [n], y [n]); returns SVG text.

  Args:
    lines: One curve each.
    xlabel: Below.
    ylabel: Beside.
    log: Whether y is on a logarithmic scale.
  """
  with canvas() as (figure, axes):
    for name, (x, y) in lines.items():
      axes.plot(x, y, label=name, linewidth=1.5)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale='log' if log else 'linear')
    if log:
      plainly(axes.yaxis)
    if len(lines) > 1:
      axes.legend(frameon=False)
    return as_svg(figure)


def plainly(axis):
  """A logarithmic axis says 0.1; its own way is TeX, which nothing reads here."""
  from matplotlib import ticker

  class Plainly(ticker.LogFormatter):
    def __call__(self, x, pos=None):
      return f'{x:g}' if super().__call__(x, pos) else ''

  axis.set_major_formatter(Plainly())
  axis.set_minor_formatter(Plainly())


def histogram(score, kept, thresholds, *, bins=40):
  """Scores that are kept, with those that are pruned on top of them, as SVG.

  Args:
    score: [N] finite.
    kept: [N] bool.
    thresholds: [c] scores: lines where there are one or two, and as many ticks
      where every group has its own.
    bins: Of equal width.
  """
  parts = [score[kept], score[~kept]]
  with canvas() as (figure, axes):
    axes.hist(
      parts,
      bins=np.linspace(score.min(), score.max(), bins + 1),
      stacked=True, color=[KEPT, PRUNED], label=['kept', 'pruned'],
    )  # fmt: skip
    high = axes.get_ylim()[1]
    of_groups = len(thresholds) > 2
    low, name = (1.03 * high, 'thresholds') if of_groups else (0, 'threshold')
    axes.vlines(
      thresholds, low, 1.1 * high, color=INK, linewidth=1.2, label=name
    )
    axes.set(xlabel='score', ylabel='examples', ylim=(0, 1.1 * high))
    axes.legend(frameon=False, ncols=3, loc='lower left', bbox_to_anchor=(0, 1))
    return as_svg(figure)


def as_svg(figure):
  from matplotlib import pyplot

  buffer = io.StringIO()
  figure.savefig(
    buffer, format='svg', transparent=True, metadata={'Date': None}
  )
  pyplot.close(figure)
  svg = buffer.getvalue()
  svg = svg[svg.index('<svg') :].replace(INK, 'currentColor')
  return re.sub(r'<metadata>.*?</metadata>', '', svg, flags=re.S)
