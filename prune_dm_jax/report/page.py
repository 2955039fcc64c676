"""One static HTML file: no script, no font, no picture from elsewhere.

The browser is told so too, and runs no script but that of the page itself.

Whoever makes a part escapes what is not its own; `Html` says that it is done.
"""

import base64
import hashlib
import html

from prune_dm_jax.report.style import STYLE


class Html(str):
  """Text that is HTML already, and of which nothing is escaped."""


def page(title, lead, sections, *, style='', end='', script='', reload=0):
  """A page.

  Args:
    title: Its heading.
    lead: One paragraph of plain text.
    sections: (heading, [HTML, ...]) in order; without a heading, the parts alone.
    style: CSS of its own, after that of every page.
    end: HTML below all of it.
    script: JavaScript, without which all is still there.
    reload: Seconds after which it is loaded again where no script runs.
  """
  body = ''.join(
    f'<section>{titled(heading)}{"".join(parts)}</section>\n'
    for heading, parts in sections
  )
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{policy(script)}">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    f'{reloaded(reload)}<title>{html.escape(title)}</title>'
    f'<style>{STYLE}{style}</style></head>\n'
    f'<body><main><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>\n'
    f'{body}</main>{end}{f"<script>{script}</script>" if script else ""}'
    '</body></html>\n'
  )


def policy(script):
  """What a browser may load: pictures in the page, and this script alone."""
  digest = hashlib.sha256(script.encode()).digest()
  own = f"'sha256-{base64.b64encode(digest).decode()}'" if script else "'none'"
  return (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    f'script-src {own}'
  )


def reloaded(seconds):
  if not seconds:
    return ''
  again = f'<meta http-equiv="refresh" content="{seconds}">'
  return f'<noscript>{again}</noscript>'


def titled(heading):
  return f'<h2>{html.escape(heading)}</h2>' if heading else ''


def picture(uri, caption):
  text = html.escape(caption)
  return (
    f'<figure><img src="{uri}" alt="{text}"><figcaption>{text}</figcaption>'
    '</figure>'
  )


def drawing(svg, caption):
  text = html.escape(caption)
  named = svg.replace('<svg', f'<svg role="img" aria-label="{text}"', 1)
  return f'<figure>{named}<figcaption>{text}</figcaption></figure>'


def pair(*parts):
  return f'<div class="pair">{"".join(parts)}</div>'


def paragraph(text):
  return f'<p>{html.escape(text)}</p>'


def unseen(heading):
  """A heading of a section that needs none, for who hears the page."""
  return f'<h2 class="unseen">{html.escape(heading)}</h2>'


def smaller(heading):
  """A heading below that of a section."""
  return f'<h3>{html.escape(heading)}</h3>'


def link(href, text):
  return f'<p><a href="{html.escape(href)}">{html.escape(text)}</a></p>'


def table(header, rows):
  """Numbers, and what stands above them, are set to the right.

  On a narrow screen a row is a card, whose first cell is its title; of two
  columns it stays a row.
  """
  first = rows[0] if rows else header
  head = ''.join(map(heading, header, first))
  body = ''.join(f'<tr>{"".join(map(cell, row, header))}</tr>' for row in rows)
  head = f'<thead><tr>{head}</tr></thead>' if any(header) else ''
  kind = 'scroll two' if len(header) == 2 else 'scroll'
  return (
    f'<div class="{kind}" tabindex="0"><table>{head}<tbody>{body}</tbody></table>'
    '</div>'
  )


def heading(name, below):
  kind = '' if isinstance(below, str) else ' class="number"'
  return f'<th{kind}>{html.escape(name)}</th>'


def cell(value, column=''):
  """A number has four figures; None is a dash."""
  kind = '' if isinstance(value, str) else ' class="number"'
  label = f' data-label="{html.escape(column)}"' if column else ''
  return f'<td{kind}{label}>{said(value)}</td>'


def said(value):
  """A value of a table as HTML."""
  if value is None:
    return '–'
  if isinstance(value, Html):
    return value
  return html.escape(f'{value:.4g}' if isinstance(value, float) else str(value))


def folded(summary, part):
  return f'<details><summary>{html.escape(summary)}</summary>{part}</details>'


def chapter(heading, note, *parts):
  """A section that folds, with a note that is seen before it is opened."""
  text = f'<span>{html.escape(note)}</span>' if note else ''
  return (
    f'<details class="chapter"><summary><h2>{html.escape(heading)}</h2>{text}'
    f'</summary>{"".join(parts)}</details>'
  )
