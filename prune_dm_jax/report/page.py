"""One static HTML file: no script, no font, no picture from elsewhere."""

import html

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem;
  max-width: 64rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; }
p, figcaption { max-width: 46rem; opacity: .85; }
figure { margin: 0; }
figcaption { font-size: .875rem; margin: .3rem 0 0; }
img { width: 100%; max-width: max-content; image-rendering: pixelated;
  border-radius: 4px; }
svg { width: 100%; height: auto; }
.pair { display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
  font-size: .875rem; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
.number { text-align: right; }
details { margin-top: .5rem; }
summary { cursor: pointer; }
"""


def page(title, lead, sections, *, style=''):
  """A page.

  Args:
    title: Its heading.
    lead: One paragraph of plain text.
    sections: (heading, [HTML, ...]) in order.
    style: CSS of its own, after that of every page.
  """
  body = ''.join(
    f'<section><h2>{html.escape(heading)}</h2>{"".join(parts)}</section>\n'
    for heading, parts in sections
  )
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    f'<title>{html.escape(title)}</title><style>{STYLE}{style}</style></head>\n'
    f'<body><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>\n'
    f'{body}</body></html>\n'
  )


def picture(uri, caption):
  text = html.escape(caption)
  return (
    f'<figure><img src="{uri}" alt="{text}"><figcaption>{text}</figcaption>'
    '</figure>'
  )


def drawing(svg, caption):
  return (
    f'<figure>{svg}<figcaption>{html.escape(caption)}</figcaption></figure>'
  )


def pair(*parts):
  return f'<div class="pair">{"".join(parts)}</div>'


def paragraph(text):
  return f'<p>{html.escape(text)}</p>'


def smaller(heading):
  """A heading below that of a section."""
  return f'<h3>{html.escape(heading)}</h3>'


def link(href, text):
  return f'<p><a href="{html.escape(href)}">{html.escape(text)}</a></p>'


def table(header, rows):
  """Numbers, and what stands above them, are set to the right."""
  first = rows[0] if rows else header
  head = ''.join(map(heading, header, first))
  body = ''.join(f'<tr>{"".join(map(cell, row))}</tr>' for row in rows)
  return (
    f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
    f'<tbody>{body}</tbody></table></div>'
  )


def heading(name, below):
  kind = '' if isinstance(below, str) else ' class="number"'
  return f'<th{kind}>{html.escape(name)}</th>'


def cell(value):
  """A number has four figures; None is a dash."""
  if value is None:
    return '<td class="number">–</td>'
  if isinstance(value, float):
    return f'<td class="number">{value:.4g}</td>'
  kind = ' class="number"' if isinstance(value, int) else ''
  return f'<td{kind}>{html.escape(str(value))}</td>'


def folded(summary, part):
  return f'<details><summary>{html.escape(summary)}</summary>{part}</details>'
