"""Numbers with their intervals as dots on a line, a lane for each set.

The lanes of a panel share a scale. A dot is filled for what the page is about and
hollow for what stands beside it; its number is in words too.
"""

import html
import math

from prune_dm_jax.report import plain

STYLE = """
.panels { display: grid; gap: .7rem; align-content: start; }
.panel { background: var(--panel); border-radius: 8px; padding: .55rem .8rem; }
.panel h3 { font-size: 1rem; margin: 0; }
.panel h3 small { font-weight: 400; color: var(--quiet); }
.panel p { font-size: .8rem; line-height: 1.3; margin: 0 0 .35rem; }
.lane { display: grid; gap: .7rem; align-items: center; font-size: .8rem;
  grid-template-columns: 8rem minmax(4rem, 1fr) 9.4rem; line-height: 1.45;
  font-variant-numeric: tabular-nums; color: var(--quiet); }
.lane > :last-child { white-space: nowrap; }
.lane.own { color: var(--ink); }
.lane.own > :first-child { font-weight: 600; }
.track { position: relative; height: 1rem;
  background: linear-gradient(var(--line), var(--line)) center / 100% 1px
    no-repeat; }
.track i { position: absolute; top: 50%; background: var(--quiet); height: 3px;
  margin-top: -1.5px; border-radius: 2px; min-width: 2px; }
.track b { position: absolute; top: 50%; width: 6px; height: 6px;
  margin: -5px 0 0 -5px; border: 2px solid var(--quiet); border-radius: 50%;
  background: var(--panel); }
.own .track i, .own .track b { background: var(--kept);
  border-color: var(--kept); }
.own .track i { height: 5px; margin-top: -2.5px; }
@media (max-width: 44rem) {
  .lane { grid-template-columns: 6.4rem minmax(2rem, 1fr) 8.8rem; gap: .4rem;
    font-size: .75rem; }
}
"""


def ends(rows):
  """The lowest and the highest of all values and intervals."""
  found = [
    row[k]
    for row in rows
    for k in ('value', 'low', 'high')
    if row[k] is not None
  ]
  low, high = min(found), max(found)
  more = 0.04 * (high - low) or max(abs(high), 1) / 2
  return low - more, high + more


def panel(name, lanes, own, marks):
  """A metric as HTML.

  Args:
    name: Of the metric.
    lanes: set -> its row, with {value, low, high}; a value each.
    own: The set that the page is about.
    marks: HTML beside the name.
  """
  about = plain.of(name)
  low, high = ends(lanes.values())
  at = lambda value: 100 * (value - low) / (high - low)
  good = f' <small>{about.good} {plain.ENDS[about.good]}</small>'
  body = ''.join(
    lane(of, row, at, 'own' if of == own else '') for of, row in lanes.items()
  )
  return (
    f'<div class="panel"><h3>{html.escape(about.name)}'
    f'{good if about.good else ""}{marks}</h3><p>{html.escape(about.line)}</p>{body}</div>'
  )


def lane(of, row, at, kind):
  """A set's name, its dot and interval, and both in words."""
  words = plain.number(row['value'])
  if None not in (row['low'], row['high']):
    words += f' ({plain.interval(row)})'
  return (
    f'<div class="lane {kind}"><span>{html.escape(of)}</span>'
    f'{track(row, at)}<span>{words}</span></div>'
  )


def track(row, at):
  """A line with a dot, and its interval where it has one."""
  span = ''
  if None not in (row['low'], row['high']):
    left, right = at(row['low']), at(row['high'])
    span = f'<i style="left:{left:.2f}%;width:{right - left:.2f}%"></i>'
  dot = f'<b style="left:{at(row["value"]):.2f}%"></b>'
  return f'<span class="track">{span}{dot}</span>'


def panels(lanes_of, own, marks):
  """Panels of several metrics; one that is not finite for `own` has none.

  Args:
    lanes_of: name -> lanes, of which those without a value are left out.
    own: The set that the page is about.
    marks: A row -> HTML beside the name.
  """
  finite = lambda row: row['value'] is not None and math.isfinite(row['value'])
  drawn = [
    panel(
      name,
      {of: r for of, r in lanes.items() if finite(r)},
      own,
      marks(lanes[own]),
    )
    for name, lanes in lanes_of.items()
    if own in lanes and finite(lanes[own])
  ]
  return f'<div class="panels">{"".join(drawn)}</div>'
