"""Twins and junk on a page: pairs, groups, and the ends of columns, as HTML."""

import html

import numpy as np

from prune_dm_jax.report import figures
from prune_dm_jax.report import gallery
from prune_dm_jax.report import page

STYLE = """
.few, .twins { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; }
.few { gap: 2px; align-items: start; }
.few figure { display: grid; justify-items: center; width: min-content; }
.few figcaption { font-size: .75rem; line-height: 1.3;
  margin: 0; padding: 0 .15rem; text-align: center; }
.few img { width: var(--side); height: var(--side); max-width: none;
  box-sizing: content-box; border-radius: 2px; outline: 1px solid var(--line);
  outline-offset: -1px; }
.few img.kept, .few img.pruned { border-bottom: 3px solid var(--kept); }
.few img.pruned { border-color: var(--pruned); }
.ends { display: grid; gap: .5rem 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(29rem, 100%), 1fr)); }
"""

SMALLEST = 1e-6
"""The left end of the axis of distances; copies are at 0."""


def distances(at, random, nearest, threshold):
  """The share of random pairs and of pictures within each distance, as SVG.

  Args:
    at: [Q] ascending, in [0, 1].
    random: [Q] these quantiles of the distances of random pairs.
    nearest: [Q] these of the distance of each picture to its nearest.
    threshold: Of twins.
  """
  with figures.canvas() as (figure, axes):
    for name, values, colour in (
      ('random pairs', random, figures.PRUNED),
      ('the nearest', nearest, figures.KEPT),
    ):
      found = np.maximum(values, SMALLEST)
      axes.plot(found, 100 * np.array(at), color=colour, label=name)
    axes.axvline(
      max(threshold, SMALLEST),
      color=figures.INK, linewidth=1.2, linestyle='dashed', label='threshold',
    )  # fmt: skip
    axes.set(
      xscale='log', yscale='log', xlabel='distance', ylabel='% within it'
    )
    axes.minorticks_off()
    figures.plainly(axes.xaxis)
    figures.plainly(axes.yaxis)
    axes.legend(frameon=False, ncols=3, loc='lower left', bbox_to_anchor=(0, 1))
    return figures.as_svg(figure)


def image(uri, text, kind='', caption=''):
  """A picture that says `text` when pointed at, and `caption` below it.

  Its kind is 'kept', 'pruned' or '', for neither.
  """
  caption = gallery.breaking(caption)
  below = f'<figcaption>{caption}</figcaption>' if caption else ''
  return f'<figure>{gallery.image(uri, text, kind)}{below}</figure>'


def few(pictures):
  """Pictures [HTML, ...] that belong together."""
  return f'<div class="few">{"".join(pictures)}</div>'


def part(heading, note, body, *, side, kind='twins'):
  """[HTML, ...] under a heading and a note; pictures are `side` pixels wide."""
  said = page.paragraph(note) if note else ''
  return (
    f'<div class="part" style="--side:{side}px"><h3>{html.escape(heading)}</h3>'
    f'{said}<div class="{kind}">{"".join(body)}</div></div>'
  )
