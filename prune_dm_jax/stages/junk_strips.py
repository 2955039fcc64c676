"""What a gallery shows of junk: the ends of each column, and what rules drop."""

import numpy as np

from prune_dm_jax.pruning import junk
from prune_dm_jax.report import page
from prune_dm_jax.report import twin_pages
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import strips

NUMBER, SIDE = 8, 56
"""Pictures at each end, and how large they are."""

RARE = 0.01
"""The share that a bound would drop which is named where a rule is off."""

ENDS = 'The lowest eight of each column, and the highest eight, of copies one.'
HEADER = ('config.junk', 'bound', 'drops', 'one that drops more', 'would drop')
RULES = (
  'What a rule drops of all {:,} pictures, those held out among them, and the '
  'first bound by which it would drop {:.0%} or more.'
)


def section(run):
  """[HTML, ...] on junk; none where pictures were not looked at."""
  if not run.paths.looks.exists():
    return []
  columns = looks.columns(run)
  once = np.unique(run.copies, return_index=True)[1]
  shown = {name: ends(once, values) for name, values in columns.items()}
  see = strips.wholes(run, SIDE, np.concatenate(sum(shown.values(), ())))
  parts = [part(run, see, n, columns[n], both) for n, both in shown.items()]
  return [
    page.paragraph(RULES.format(len(run.source), RARE)),
    page.table(HEADER, rules(columns, run.config.junk)),
    page.paragraph(ENDS),
    *parts,
  ]


def rules(columns, bounds):
  """Rows of what each rule drops, and of what another bound would."""
  rows = []
  for key, rule in junk.RULES.items():
    values, bound = junk.column(columns, rule.column), bounds[key]
    dropped = int(junk.hits(values, rule, bound).sum()) if bound else 0
    other = beyond(values, rule)
    would = None if other is None else int(junk.hits(values, rule, other).sum())
    rows.append((key, f'{bound:g}' if bound else 'off', dropped, other, would))
  return rows


def beyond(values, rule):
  """The first bound that drops the share RARE; None, if all are alike."""
  found = np.sort(-values if rule.upper else values)
  last = found[int(np.ceil(RARE * len(found))) - 1]
  more = found[found > last]
  return None if not len(more) else abs(float(more[0]))


def ends(once, values):
  """Indices of the pictures with the lowest and with the highest values."""
  order = once[np.argsort(values[once], kind='stable')]
  return order[:NUMBER], order[NUMBER:][-NUMBER:]


def part(run, see, name, values, both):
  """Both ends of a column, of which `see` has the pictures."""
  drawn = [
    twin_pages.few([
      strips.alone(
        run, i, see[i], caption=number(values[i]), note=f'{name} {values[i]:.6g}'
      )
      for i in end
    ])
    for end in both
  ]  # fmt: skip
  at = map(number, np.quantile(values, [0.05, 0.5, 0.95]))
  note = '5 % are under {}, half under {}, 95 % under {}.'.format(*at)
  return twin_pages.part(
    name.replace('_', ' '), note, drawn, side=SIDE, kind='ends'
  )


def number(value):
  """Four figures, and no power of ten."""
  return f'{value:,.0f}' if abs(value) >= 1000 else f'{value:.4g}'
