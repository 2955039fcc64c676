"""The sections of a sweep's page, of cells of a setting.

First the answer, the one table and the curves of what differs; then all that the
paper shows and every number, as chapters that fold; at the end what was not run.
Figures and tables are saved by the `Files` given.
"""

from prune_dm_jax.report import answer
from prune_dm_jax.report import chapters
from prune_dm_jax.report import costs
from prune_dm_jax.report import curves
from prune_dm_jax.report import dots
from prune_dm_jax.report import judges
from prune_dm_jax.report import leaks
from prune_dm_jax.report import multiples
from prune_dm_jax.report import outcome
from prune_dm_jax.report import page
from prune_dm_jax.report import paper
from prune_dm_jax.report import plain
from prune_dm_jax.report import same
from prune_dm_jax.report import standings
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables
from prune_dm_jax.report import verdict
from prune_dm_jax.report import whole

STYLE = (
  same.STYLE
  + chapters.STYLE
  + dots.STYLE
  + standings.STYLE
  + multiples.STYLE
  + """
.answer { border-left: 4px solid var(--kept); padding-left: 1rem; }
.answer p { margin: .4rem 0; max-width: 52rem; }
.answer > p:not(.more) { font-size: 1.1rem; color: var(--ink); }
.more { font-size: .875rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem;
  font-size: .875rem; margin: .4rem 0 1rem; }
.pair { grid-template-columns:
  repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.chapter th { white-space: normal; vertical-align: bottom; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
"""
)

CARE = 'To be read with care'

EXPOSED = {
  'iterations': ' for every cell, whatever it kept',
  'epochs': ' for the whole set, as much less as less is kept',
}

NOTHING = (
  'Nothing differs from random pruning beyond chance, or there are not enough '
  'seeds to tell it; all curves are below.'
)

COSTS = (
  'Seconds on the machine that ran them, beside whatever else it did then: fewer '
  'are better. Scoring is of the scores and of the networks trained for them '
  'alone, the latents aside, once for all ratios. A dash: not known.'
)

SAVED = {
  'iterations': 'All cells take the same steps, so that pruning saves no '
  'training here: what is saved is chance, and the pictures themselves.',
  'epochs': 'Cells pass as often over what they kept, so that training is as '
  'much shorter as less is kept.',
}


def of_setting(cells, files, extra, name=''):
  """(heading, [HTML, ...]) of all that is asked of cells of one setting.

  The VAE and the GAN have a chapter of their own, and a place in the tables.

  Args:
    cells: Of the setting.
    files: Where figures and tables go.
    extra: (heading, [HTML, ...]) of pictures and features.
    name: After headings, where there are several settings.
  """
  diffusion = [cell for cell in cells if cell.model == 'dit']
  said = [page.paragraph(text) for text in leaks.sentences(cells)]
  paper.beside(diffusion, files)
  found = by_heading(cells, diffusion, files, extra, said)
  missing = [h for h, parts in found.items() if not parts and h != CARE]
  return [
    ('The answer' + name, [answered(cells, diffusion), *said]),
    ('Beside random pruning' + name, beside(diffusion)),
    ('Curves of what differs' + name, differing(diffusion)),
    ('In full' + name, [*folded(found, cells), not_run(cells, missing)]),
  ]


def by_heading(cells, diffusion, files, extra, said):
  """heading -> [HTML, ...] of each chapter of all that is there."""
  return {
    'Figures 1 and 5: metrics against prune ratio': [
      *said,
      *paper.curved(diffusion, files),
    ],
    'Figures 2 and 3: the same noise': paper.noises(diffusion),
    'Figure 4: nearest, middle, furthest': paper.distances(diffusion),
    **dict(extra),
    'Beside the whole set': whole.chapter(diffusion, files),
    'A VAE and a GAN beside it': paper.others(cells, files),
    'Table 1: memorisation': [*said, *paper.memorisation(cells, files)],
    'Table 2: balanced against proportional': paper.balanced(cells, files),
    'Curves of all numbers': all_curves(diffusion),
    'Costs': [files.table('costs', *costs.rows(cells)), *spent(cells)],
    'Every number': [*said, *every(cells, files)],
    CARE: care(cells),
  }


def folded(found, cells):
  """The chapters of which there is anything, with a note beside two headings."""
  notes = {
    'Every number': f'{len(cells):,} cells',
    CARE: f'{len(found[CARE])} doubts',
  }
  return [
    page.chapter(heading, notes.get(heading, ''), *parts)
    for heading, parts in found.items()
    if parts
  ]


def answered(cells, diffusion):
  """Two sentences, and below them what they are of."""
  said = ''.join(map(page.paragraph, verdict.sentences(diffusion)))
  train = cells[0].config['train']
  more = [
    f'{train["steps"]:,} steps of {train["batch_size"]} pictures'
    f'{EXPOSED[train["exposure"]]}.'
  ]
  if missing := counted(tables.not_run(cells)):
    more.append(f'{missing}: the list is at the end.')
  each = [s for m in answer.ANSWERS for s in answer.sentences(diffusion, m)]
  return (
    f'<div class="answer">{said}<p class="more">{" ".join(more)}</p>'
    + page.folded('Number by number', ''.join(map(page.paragraph, each)))
    + '</div>'
  )


def counted(missing):
  """'14 cells were not run', or ''; seeds aside."""
  number = sum(map(len, missing.values()))
  be = 'cell was' if number == 1 else 'cells were'
  return f'{number} {be} not run' if number else ''


def beside(cells):
  """The one table, and others folded."""
  shown = {m: standings.table(cells, m) for m in answer.COMPARED}
  drawn = [m for m, html in shown.items() if html]
  if not drawn:
    return [page.paragraph('Random pruning was not run beside others.')]
  drawing = lambda m: (
    page.smaller(curves.title(m))
    + page.paragraph(standings.side(cells, m))
    + shown[m]
  )
  first, *rest = drawn
  parts = [drawing(first), page.paragraph(standings.NOTE)]
  if rest:
    names = verdict.listed([outcome.inside(m) for m in rest])
    parts.append(page.folded(f'By {names}', ''.join(map(drawing, rest))))
  return parts


def differing(cells):
  """Panels of what is beyond chance, of the answer's metrics, the others folded."""
  shown = {m: panels(cells, m) for m in answer.COMPARED}
  parts = [shown.pop(m, '') for m in answer.ANSWERS]
  names = verdict.listed([outcome.inside(m) for m in shown])
  rest = ''.join(shown.values())
  if not any(parts) and not rest:
    return [page.paragraph(NOTHING)]
  folded = page.folded(f'By {names}', rest) if rest else ''
  return [page.paragraph(multiples.KEY), *parts, folded]


def panels(cells, metric):
  """What differs by a metric, and the names of what does not, or ''."""
  html, alike = multiples.of_what_differs(cells, metric)
  others = ', '.join(v for v in alike if not sweep.follows(v))
  said = page.paragraph(f'No different beyond chance: {others}.')
  title = page.smaller(curves.title(metric))
  return html and title + html + (said if others else '')


def all_curves(cells):
  """Panels of every family and metric, by chapter."""
  if not sweep.ratios(cells):
    return []
  names = dict.fromkeys(m for c in cells for m in c.rows)
  return [page.paragraph(multiples.KEY)] + [
    page.folded(
      chapter,
      ''.join(
        page.smaller(curves.title(m)) + multiples.of_all(cells, m) for m in own
      ),
    )
    for chapter, own in chapters.by_chapter(names).items()
  ]


def spent(cells):
  exposure = cells[0].config['train']['exposure']
  return map(page.paragraph, (COSTS, SAVED[exposure]))


def every(cells, files):
  """A table a chapter of numbers, folded."""
  files.table('everything', *tables.everything(cells))
  files.csv('cells', tables.long(cells))
  return [
    page.folded(chapter, page.table(*tables.broken(*found)))
    for chapter, found in tables.by_chapter(cells).items()
  ]


def care(cells):
  """What casts doubt on numbers, each sentence once."""
  warned = {
    f'{plain.of(name).name}: {row["warning"]}.'
    for c in cells
    for name, row in c.rows.items()
    if row.get('warning')
  }
  said = [*judges.sentences(cells), *sorted(warned)]
  return list(map(page.paragraph, said))


def not_run(cells, missing):
  """A chapter of places and figures that are not there, or ''."""
  places = tables.not_run(cells)
  rows = [(v, ', '.join(f'{r:g}' for r in own)) for v, own in places.items()]
  parts = [page.table(('variant', 'prune ratios'), rows)] if rows else []
  if missing:
    parts.append(
      page.paragraph(
        f'Without cells, or without their pictures: {"; ".join(missing)}.'
      )
    )
  return page.chapter('Not run', counted(places), *parts) if parts else ''
