"""Curves as SVG text that takes the page's colours, dark or light."""

import io
import re

INK = '#123456'
"""Stands for the page's text colour, and is replaced by it."""


def curves(lines, *, xlabel, ylabel, log=False):
  """name -> (x [n], y [n]); returns SVG text.

  Args:
    lines: One curve each.
    xlabel: Below.
    ylabel: Beside.
    log: Whether y is on a logarithmic scale.
  """
  import matplotlib

  matplotlib.use('Agg')
  from matplotlib import pyplot

  settings = {
    'svg.fonttype': 'none',
    'svg.hashsalt': 'prune_dm_jax',
    'font.size': 9,
    **dict.fromkeys(
      ('text.color', 'axes.labelcolor', 'xtick.color', 'ytick.color'), INK
    ),
    'axes.edgecolor': INK,
    'axes.spines.top': False,
    'axes.spines.right': False,
  }
  with matplotlib.rc_context(settings):
    figure, axes = pyplot.subplots(figsize=(4.6, 2.6), layout='constrained')
    for name, (x, y) in lines.items():
      axes.plot(x, y, label=name, linewidth=1.5)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale='log' if log else 'linear')
    if len(lines) > 1:
      axes.legend(frameon=False)
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
