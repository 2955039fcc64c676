"""Why one picture was kept or pruned, as text and as a page."""

import html

from prune_dm_jax.report import gallery
from prune_dm_jax.report import page

COLOURS = 'Underlined in blue is kept, in grey is not.'


def text(rows, others):
  """Lines of what is known, and below them of other pictures.

  Args:
    rows: (what, in words) each.
    others: heading -> [in words, ...].
  """
  wide = max(len(name) for name, _ in rows) + 2
  lines = [f'{name:{wide}}{said}' for name, said in rows]
  for heading, several in others.items():
    lines += [f'{heading}:', *(f'  {said}' for said in several)]
  return '\n'.join(lines)


def text_page(title, rows, drawn, *, side):
  """The same as HTML.

  Args:
    title: Of the page.
    rows: (what, in words) each.
    drawn: heading -> (images, [in words, ...]); the first is the picture.
    side: Of a picture, in pixels on the screen.
  """
  known = page.table(('', ''), [(name, said) for name, said in rows])
  sections = [('What is known', [known])]
  for heading, (images, several) in drawn.items():
    lines = ''.join(f'<li>{html.escape(said)}</li>' for said in several)
    strip = gallery.strip(images)
    shown = f'<div style="--side:{side}px">{strip}</div><ol>{lines}</ol>'
    sections.append((heading, [shown]))
  style = gallery.STYLE + 'td { white-space: normal; }\n'
  return page.page(title, COLOURS, sections, style=style)
