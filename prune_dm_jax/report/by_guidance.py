"""The same models by each weight of guidance, side by side.

A cell draws by config.sample.guidance_weight and by each of other_weights, and is a
cell of as many settings.
"""

from prune_dm_jax.report import answer
from prune_dm_jax.report import families
from prune_dm_jax.report import page
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.report import whole

KEY = 'sample.guidance_weight'
METRIC = answer.ANSWERS[0]
TRADED = ('precision', 'recall')
"""What guidance gives, and what it takes for it."""

SAID = (
  'Means over seeds, in parentheses the least and the greatest (of one seed, its own '
  'interval); 95 % intervals for all that is in a column together. Precision and '
  'recall are means.'
)


def weight_of(cells):
  return cells[0].config.get('sample', {}).get('guidance_weight', 1)


def table(family):
  """Header, and a row a place, the best mean by the first weight first.

  family: [cells, ...], a setting for each weight.
  """
  header, rows = ['variant', 'prune ratio'], {}
  for cells in family:
    against = whole.against(cells, METRIC)
    at = f'guidance {weight_of(cells):g}'
    header += [f'{plain.of(METRIC).name}, {at}', f'beside random, {at}',
               f'beside the whole set, {at}']  # fmt: skip
    for variant, ratio, _, _, *said in whole.table(cells, METRIC, against)[1]:
      rows.setdefault((variant, ratio), {})[id(cells)] = said
  header += [f'precision, recall, guidance {weight_of(c):g}' for c in family]
  traded = [traded_of(cells) for cells in family]
  return tuple(header), [
    (
      *place,
      *(text for cells in family for text in own.get(id(cells), [''] * 3)),
      *(of.get(place, '') for of in traded),
    )
    for place, own in rows.items()
  ]


def traded_of(cells):
  """(variant, ratio as text) -> means of TRADED, as text."""
  return {
    (variant, f'{ratio:.4g}'): ', '.join(
      f'{sweep.values(own, metric).mean():.2f}' for metric in TRADED
    )
    for (variant, ratio), own in sweep.by_place(cells).items()
    if all(len(sweep.values(own, metric)) for metric in TRADED)
  }


def sections(several, files):
  """[(heading, [HTML, ...])] of all that was drawn by more than one weight."""
  found = []
  each = [
    sorted(own, key=weight_of, reverse=True)
    for own in families.differing_in(several, KEY)
  ]
  for family, end, of in families.named(each):
    header, rows = table(family)
    if rows:
      shown = files.table(f'by_guidance{end}', header, rows)
      heading = f'By each guidance · {of}'
      found.append((heading, [shown, page.paragraph(SAID)]))
  return found
