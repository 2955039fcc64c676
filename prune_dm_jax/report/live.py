"""run.html: where a run is, for who looks at it while it runs.

It reloads itself, says how old it is, and needs no server. Once the run has
ended it says how, and stays as it is.
"""

import html
import time
from typing import NamedTuple

from prune_dm_jax.report import page

STYLE = """
h1 + p { font-size: 1.1rem; color: var(--ink); max-width: none; }
progress { width: 100%; height: 1.1rem; accent-color: var(--kept); }
.curve { height: 14rem; border-left: 1px solid; border-bottom: 1px solid; }
.curve polyline { fill: none; stroke: var(--kept); stroke-width: 2;
  vector-effect: non-scaling-stroke; }
.large img { width: 100%; max-width: 40rem; }
.large + .large { margin-top: 1rem; }
.log { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8125rem;
  background: var(--panel); padding: .6rem .8rem; border-radius: 6px; }
@media print { .curve { height: 8rem; } label { display: none; } }
"""

SCRIPT = """
const state = document.querySelector('[data-written]');
const {written, every} = state.dataset;
const again = document.querySelector('input');
const began = Date.now();
setInterval(() => {
  const age = Math.round(Date.now() / 1000 - written);
  state.textContent = age < 3 * every + 30 ? `Written ${age} s ago.` :
    `Not written for ${Math.round(age / 60)} minutes: the run has ended ` +
    'without a word, or hangs; the same command goes on.';
  if (again.checked && Date.now() - began > 1000 * every) location.reload();
}, 1000);
"""
"""Its reloading can be stopped; <noscript> reloads where no script runs."""

MOST = 400
"""Points of a curve."""


class Counted(NamedTuple):
  """How far something is."""

  name: str
  unit: str
  done: int
  size: int
  rate: float
  """A second; 0 where nobody knows."""
  left: str
  """Minutes and seconds."""
  note: str


class Now(NamedTuple):
  """What is known of a run."""

  name: str
  status: str
  """running, done, failed or stopped."""
  said: str
  """What goes on, or how it ended, in a sentence."""
  stages: tuple
  """(name, what became of it) each."""
  counted: tuple
  """Of Counted, at most one."""
  losses: tuple
  """(step, loss) each."""
  pictures: tuple
  """(caption, URI) each."""
  resumed: tuple
  lines: tuple
  """The last of the log."""
  links: tuple
  """(href, text) each."""
  written: float
  every: float
  """Seconds until it is written again."""


def text(now):
  """The page."""
  running = now.status == 'running'
  sections = [
    ('', [*map(how_far, now.counted), *(page.link(*link) for link in now.links)]),
    ('Loss', [curve(now.losses)] if len(now.losses) > 1 else []),
    ('Pictures', [large(uri, caption) for caption, uri in now.pictures]),
    ('Stages', [page.table(('stage', 'state'), now.stages)]),
    ('Resumed', [page.paragraph(line) for line in now.resumed]),
    ('The last lines of the log', [lines(now.lines)] if now.lines else []),
    ('', [age(now)] if running else []),
  ]  # fmt: skip
  return page.page(
    f'{now.status}: {now.name}',
    now.said,
    [(heading, parts) for heading, parts in sections if parts],
    style=STYLE,
    script=SCRIPT if running else '',
    reload=round(now.every) if running else 0,
  )


def how_far(counted):
  """A bar, and below it the numbers."""
  name, unit, done, size, rate, left, note = counted
  said = [f'{name}: {unit}{done:,} of {size:,}']
  if rate:
    said += [f'{rate:,.1f} a second', f'{left} left']
  said = ', '.join([*said, *([note] if note else [])])
  return (
    f'<progress max="{size}" value="{done}" aria-label="{html.escape(name)}">'
    f'</progress>{page.paragraph(said)}'
  )


def curve(points):
  """The loss by step, as SVG that is stretched to the width of the page."""
  steps, losses = zip(*points, strict=True)
  low, high = min(losses), max(losses)
  x = lambda step: 1000 * (step - steps[0]) / max(steps[-1] - steps[0], 1)
  y = lambda loss: 100 * (high - loss) / ((high - low) or 1)
  line = ' '.join(f'{x(s):.1f},{y(v):.2f}' for s, v in points)
  svg = (
    '<svg class="curve" viewBox="0 0 1000 100" preserveAspectRatio="none">'
    f'<polyline points="{line}"/></svg>'
  )
  caption = (
    f'From {losses[0]:.4g} at step {steps[0]:,} to {losses[-1]:.4g} at step '
    f'{steps[-1]:,}; between {low:.4g} and {high:.4g}. Lower is better.'
  )
  return page.drawing(svg, caption)


def large(uri, caption):
  return f'<div class="large">{page.picture(uri, caption)}</div>'


def lines(several):
  return (
    f'<pre class="log" tabindex="0">{html.escape(chr(10).join(several))}</pre>'
  )


def age(now):
  """When it was written; its script makes of it how long ago that is."""
  at = time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now.written))
  return (
    f'<p data-written="{now.written:.0f}" data-every="{now.every:.0f}">Written '
    f'at {at} UTC, and again each {now.every:.0f} s while the run goes on.</p>'
    '<p><label><input type="checkbox" checked> Reload by itself</label></p>'
  )
