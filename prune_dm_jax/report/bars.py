"""Seconds by what they went to, as bars, with their total."""

import html

STYLE = """
.spent { display: grid; gap: .3rem .8rem; align-items: center;
  grid-template-columns: fit-content(14rem) minmax(3rem, 1fr) max-content;
  font-size: .875rem; font-variant-numeric: tabular-nums; }
.spent i { display: block; height: .85rem; border-radius: 3px; min-width: 1px;
  background: var(--kept); }
.spent .number small { color: var(--quiet); }
.spent .total { font-weight: 600; }
"""


def drawn(rows):
  """(name, seconds, note) each -> HTML, the total below."""
  longest = max((seconds for _, seconds, _ in rows), default=0) or 1
  lines = ''.join(
    f'<span>{html.escape(name)}</span>'
    f'<span><i style="width:{100 * seconds / longest:.2f}%"></i></span>'
    f'<span class="number">{lasting(seconds)}'
    f'{f" <small>{html.escape(note)}</small>" if note else ""}</span>'
    for name, seconds, note in rows
  )
  return (
    f'<div class="spent">{lines}<span class="total">in all</span><span></span>'
    f'<span class="number total">{total(rows)}</span></div>'
  )


def total(rows):
  """How long all of them took, in words."""
  least = 'at least ' if any(note for *_, note in rows) else ''
  return least + lasting(sum(seconds for _, seconds, _ in rows))


def lasting(seconds):
  """A time as a person says it."""
  if seconds < 100:
    return f'{seconds:.3g} s'
  minutes, rest = divmod(round(seconds), 60)
  hours, minutes = divmod(minutes, 60)
  return (
    f'{hours} h {minutes:02} min' if hours else f'{minutes} min {rest:02} s'
  )
