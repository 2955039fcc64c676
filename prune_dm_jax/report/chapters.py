"""A report's numbers, a chapter of them at a time, with the doubts said once."""

import html

from prune_dm_jax.report import page
from prune_dm_jax.report import plain

STYLE = """
.chapter { border-top: 1px solid var(--line); margin: 0; padding: .55rem 0; }
.chapter > summary h2 { display: inline; margin: 0 .8rem 0 0; }
.chapter > summary span { color: var(--quiet); font-size: .9rem; }
.chapter[open] { padding-bottom: 1.6rem; }
.chapter > :nth-child(2), .chapter > .scroll { margin-top: .7rem; }
.chapter td { white-space: normal; }
.chapter td:not(:first-child) small { white-space: nowrap; }
td small { display: block; color: var(--quiet); font-size: .8rem;
  font-weight: 400; }
.care { background: var(--care-ground); color: var(--care); font-weight: 600;
  border-radius: 4px; padding: 0 .35em; }
@media (max-width: 44rem) {
  .chapter td:not(:first-child) small { display: inline; margin-left: .5rem; }
}
.doubts { font-size: .875rem; padding: 0; list-style: none; }
"""


def doubts(rows):
  """sentence -> its mark, of all that casts doubt on rows, in their order."""
  found = dict.fromkeys(
    doubt for row in rows for doubt in row['warning'].split('; ') if doubt
  )
  return {doubt: number for number, doubt in enumerate(found, 1)}


def marks(row, numbered):
  """Links to the doubts about a row, each of which says it when pointed at."""
  return ''.join(
    f' <a class="care" href="#care-{numbered[doubt]}" '
    f'title="{html.escape(doubt)}">!{numbered[doubt]}</a>'
    for doubt in row['warning'].split('; ')
    if doubt
  )


def legend(numbered):
  """The doubts, each once."""
  if not numbered:
    return ''
  lines = ''.join(
    f'<li id="care-{number}"><span class="care">!{number}</span> to be read with '
    f'care: {html.escape(doubt)}.</li>'
    for doubt, number in numbered.items()
  )
  return f'<ul class="doubts">{lines}</ul>'


def value(row):
  """A number above its interval, as HTML; None where there is no row."""
  if row is None or row['value'] is None:
    return page.Html('–')
  within = plain.interval(row)
  below = f'<small>{within}</small>' if within else ''
  return page.Html(f'<div>{plain.number(row["value"])}{below}</div>')


def name(metric, row, numbered):
  """A metric's plain name, its good end, its doubts and what it is, as HTML."""
  about = plain.of(metric)
  arrow = (
    f' <span role="img" aria-label="{plain.ENDS[about.good]}" '
    f'title="{plain.ENDS[about.good]}">{about.good}</span>'
    if about.good
    else ''
  )
  return page.Html(
    f'<div>{html.escape(about.name)}{arrow}{marks(row, numbered)}'
    f'<small>{html.escape(about.line)} <code>{html.escape(metric)}</code></small>'
    '</div>'
  )


def table(sets, metrics, numbered):
  """A row a metric, a column a set; a set that has none of them has no column.

  Args:
    sets: name -> {metric: row}; the first is what the page is about.
    metrics: Names of it.
    numbered: As `doubts` gives them.
  """
  own = next(iter(sets.values()))
  shown = {
    of: rows
    for of, rows in sets.items()
    if any(m in rows and rows[m]['value'] is not None for m in metrics)
  }
  header = ('number', *shown, 'of')
  rows = [
    (
      name(metric, own[metric], numbered),
      *(value(of.get(metric)) for of in shown.values()),
      counted(own[metric]),
    )
    for metric in metrics
  ]
  return page.table(header, rows)


def counted(row):
  """How many samples a number is of, and how many they are held against."""
  others = row['n_reference']
  below = f'<small>against {others:,}</small>' if others else ''
  return page.Html(f'<div>{row["n"]:,}{below}</div>')


def by_chapter(own):
  """chapter -> names of metrics, in the order of `plain`; none is left out."""
  order = {metric: place for place, metric in enumerate(plain.METRICS)}
  names = sorted(own, key=lambda m: order.get(m, len(order)))
  found = {
    chapter: [m for m in names if plain.of(m).chapter == chapter]
    for chapter in plain.CHAPTERS
  }
  return {chapter: metrics for chapter, metrics in found.items() if metrics}


def note(metrics, own):
  """The first number of a chapter, which is read before it is opened."""
  row = own[metrics[0]]
  within = plain.interval(row)
  within = f' ({within})' if within else ''
  return f'{plain.of(metrics[0]).name} {plain.number(row["value"])}{within}'


def chapters(sets, above):
  """[HTML, ...]: a chapter each, and the doubts.

  Args:
    sets: As `table` takes them.
    above: chapter -> [HTML, ...] to stand above its numbers.
  """
  own = next(iter(sets.values()))
  numbered = doubts(own.values())
  parts = [
    page.chapter(
      chapter,
      note(metrics, own),
      page.paragraph(plain.CHAPTERS[chapter]),
      *above.get(chapter, ()),
      table(sets, metrics, numbered),
    )
    for chapter, metrics in by_chapter(own).items()
  ]
  return [*parts, legend(numbered)]
