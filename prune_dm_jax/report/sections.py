"""The sections of a sweep's page: all that the paper shows, of cells of a setting.

Each gives a list of HTML, and saves its figures and tables by the `Files` given.
"""

from prune_dm_jax.report import answer
from prune_dm_jax.report import costs
from prune_dm_jax.report import curves
from prune_dm_jax.report import leaks
from prune_dm_jax.report import models
from prune_dm_jax.report import page
from prune_dm_jax.report import same
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables

FIRST = ('frechet_distance', 'f_score', 'inception_score', 'vendi')
"""The four of Figures 1 and 5."""

APART = ('precision', 'recall')

CURVES = (
  'Means over seeds; a band is from the least to the greatest. The line across '
  'is the whole set. Dashed: the inverse selection; dotted: the middle.'
)


def of_setting(cells, files, extra):
  """(heading, [HTML, ...]) of all that is asked of cells of one setting.

  The VAE and the GAN have a section of their own, and a place in the tables.
  """
  diffusion = [cell for cell in cells if cell.model == 'dit']
  leaked = [page.paragraph(said) for said in leaks.sentences(cells)]
  return [
    ('The answer', [answered(cells, diffusion), *leaked]),
    (
      'Figures 1 and 5: metrics against prune ratio',
      [*leaked, *curved(diffusion, files)],
    ),
    ('Beside random pruning at the same ratio', beside(diffusion, files)),
    ('Figures 2 and 3: the same noise', noises(diffusion)),
    ('Figure 4: nearest, middle, furthest', distances(diffusion)),
    *extra,
    ('The comparison with a VAE and a GAN', others(cells, files)),
    (
      'Table 1: memorisation',
      [
        *leaked,
        files.table('memorisation', *tables.memorisation(cells)),
        MEMORY,
      ],
    ),
    ('Table 2: balanced against proportional', balanced(cells, files)),
    ('Costs', [files.table('costs', *costs.rows(cells)), *spent(cells)]),
    ('Every number', [*leaked, *every(cells, files)]),
  ]


MEMORY = page.paragraph(
  'Distances in the features that judge. In parentheses the least and the '
  'greatest over seeds, in brackets a 95 % interval over samples. A copy is '
  'under a third as far from one training picture as from the next.'
)


def answered(cells, diffusion):
  said = [
    s for metric in answer.SIGN for s in answer.sentences(diffusion, metric)
  ]
  spent = (
    f'Exposure: {cells[0].config["train"]["exposure"]}. '
    f'{cells[0].config["train"]["steps"]:,} steps of '
    f'{cells[0].config["train"]["batch_size"]} for the whole set.'
  )
  missing = tables.not_run(cells)
  said += [spent] + ([f'Not run: {", ".join(missing)}.'] if missing else [])
  return f'<div class="answer">{"".join(map(page.paragraph, said))}</div>'


def curved(cells, files):
  """The curves of every metric that a cell has, most of them folded."""
  if not sweep.ratios(cells):
    return [page.paragraph('Not run: no cell has a prune ratio of its own.')]
  names = list(dict.fromkeys(m for c in cells for m in c.rows))
  rest = [n for n in names if n not in FIRST + APART]
  drawn = {}
  for name in names:
    svg = curves.drawing(cells, name)
    files.figure(name, svg)
    drawn[name] = f'<figure>{svg}</figure>'
  if set(FIRST) <= set(names):
    files.figure('overview', curves.overview(cells, FIRST))
  files.csv('curves', curves.rows(cells, names))
  some = lambda those: page.pair(*(drawn[n] for n in those if n in drawn))
  return [
    curves.legend(cells), some(FIRST[:2]), some(FIRST[2:]), some(APART),
    page.paragraph(CURVES),
    page.folded('The other metrics', some(rest)),
  ]  # fmt: skip


def beside(cells, files):
  """Two tables of differences from random pruning."""
  parts = []
  for metric in FIRST[:2]:
    header, rows = answer.table(cells, metric)
    if rows:
      name = f'beside_random_{metric}'
      shown = files.table(name, header, rows)
      parts += [page.smaller(answer.NAMES[metric]), shown]
  return [*parts, page.paragraph(BESIDE)] if parts else ['Not run.']


BESIDE = (
  "Random's number subtracted, with 95 % intervals for all of a table together "
  '(Bonferroni), from the deviation between seeds.'
)


def others(cells, files):
  """Curves of random pruning for each model, and how far it is from unpruned."""
  found = models.compared(cells)
  if len({cell.model for cell in found}) < 2 or not sweep.ratios(found):
    return [page.paragraph('Not run: no cell of a VAE or a GAN.')]
  svg = curves.overview(found, FIRST[:2] + APART)
  files.figure('models', svg)
  parts = [f'<figure>{svg}</figure>', page.paragraph(MODELS)]
  for metric in FIRST[:2]:
    shown = files.table(f'models_{metric}', *models.table(found, metric))
    parts += [page.smaller(answer.NAMES[metric]), shown]
  return [*parts, page.paragraph(FROM_WHOLE)]


MODELS = (
  'Random pruning, the same subsets, steps and pictures a step for every model; '
  'at 0 each has the whole set. Means over seeds; a band is from the least to '
  'the greatest.'
)

FROM_WHOLE = (
  "The number of the whole set, and each ratio's with it subtracted, with 95 % "
  'intervals for all ratios of a model together (Bonferroni), from the deviation '
  'between its seeds.'
)


def noises(cells):
  """A grid for each variant, all but the first folded."""
  names = [
    v for v in sweep.variants(cells)
    if v != 'unpruned' and not sweep.follows(v)
  ]  # fmt: skip
  grids = [page.smaller(name) + same.by_ratio(cells, name) for name in names]
  note = page.paragraph(
    'A row for each prune ratio; every column is the same noise and class.'
  )
  shown = [note, *grids[:1]]
  return shown + [page.folded(f'{len(grids) - 1} more variants',
                              ''.join(grids[1:]))] if grids else ['Not run.']  # fmt: skip


def distances(cells):
  """Clusters' nearest, middle and furthest, at the ratio nearest to a half."""
  ratios = sweep.ratios(cells)
  plain = [v for v in sweep.variants(cells) if v.startswith('cluster')]
  stems = dict.fromkeys(v.removesuffix('_inv').removesuffix('_mid')
                        for v in plain if not sweep.follows(v))  # fmt: skip
  if not ratios or not stems:
    return [page.paragraph('Not run.')]
  ratio = min(ratios, key=lambda r: abs(r - 0.5))
  ends = {'nearest': '', 'middle': '_mid', 'furthest': '_inv'}
  first = same.first_of(cells)
  return [
    page.smaller(f'{stem}, prune ratio {ratio:g}')
    + same.rows([(n, first.get((stem + e, ratio))) for n, e in ends.items()])
    for stem in stems
  ]


def balanced(cells, files):
  found = tables.balance(cells)
  if found is None:
    return [page.paragraph('Not run: no balanced or proportional cell.')]
  return [files.table('balance', *found)]


def spent(cells):
  exposure = cells[0].config['train']['exposure']
  return map(page.paragraph, (COSTS, SAVED[exposure]))


COSTS = (
  'Seconds on the machine that ran them, beside whatever else it did then. '
  'Scoring is of the scores and of the networks trained for them alone, the '
  'latents aside, once for all ratios. A dash: not known.'
)

SAVED = {
  'iterations': 'All cells take the same steps, so that pruning saves no '
  'training here: what is saved is chance, and the pictures themselves.',
  'epochs': 'Cells pass as often over what they kept, so that training is as '
  'much shorter as less is kept.',
}


def every(cells, files):
  header, rows = tables.everything(cells)
  files.table('everything', header, rows)
  files.csv('cells', long(cells))
  warned = {
    f'{name}: {row["warning"]}'
    for c in cells
    for name, row in c.rows.items()
    if row.get('warning')
  }
  care = ''.join(map(page.paragraph, sorted(warned)))
  return [
    page.folded('All metrics of all cells', page.table(header, rows)),
    page.folded('To be read with care', care or page.paragraph('Nothing.')),
  ]


def long(cells):
  """A row for each metric of each cell."""
  shown = ('value', 'low', 'high', 'n', 'n_reference', 'warning')
  return [
    dict(
      variant=c.variant, prune_ratio=c.prune_ratio, seed=c.seed,
      kept=c.facts['kept'], metric=name, **{k: row.get(k) for k in shown},
    )
    for c in cells
    for name, row in c.rows.items()
  ]  # fmt: skip
