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

ENDS = (
  'The lowest eight of each column on the left and the highest eight on the '
  'right, of copies one.'
)
HEADER = (
  'config.junk', 'bound', 'drops', f'a bound that drops {RARE:.0%}',
)  # fmt: skip


def section(run):
  """[HTML, ...] on junk; none where pictures were not looked at."""
  if not run.paths.looks.exists():
    return []
  columns = looks.columns(run)
  once = np.unique(run.copies, return_index=True)[1]
  parts = [ends(run, once, name, columns[name]) for name in columns]
  return [
    page.table(HEADER, rules(columns, run.config.junk)),
    page.paragraph(ENDS),
    *parts,
  ]


def rules(columns, bounds):
  """Rows of what each rule drops."""
  off = dict.fromkeys(junk.RULES, 0)
  rows = []
  for key, rule in junk.RULES.items():
    values, bound = junk.column(columns, rule.column), bounds[key]
    dropped = len(junk.reasons(columns, off | {key: bound}))
    rare = float(np.quantile(values, 1 - RARE if rule.upper else RARE))
    rows.append((key, f'{bound:g}' if bound else 'off', dropped, rare))
  return rows


def ends(run, once, name, values):
  """The pictures with the lowest and with the highest values."""
  order = once[np.argsort(values[once], kind='stable')]
  low, high = order[:NUMBER], order[NUMBER:][-NUMBER:]
  drawn = [
    twin_pages.few([
      strips.alone(
        run, i, SIDE, caption=f'{values[i]:.4g}', note=f'{name} {values[i]:.4g}'
      )
      for i in end
    ])
    for end in (low, high)
  ]  # fmt: skip
  at = np.quantile(values, [0.05, 0.5, 0.95])
  note = (
    f'5 % are under {at[0]:.4g}, half under {at[1]:.4g}, 95 % under {at[2]:.4g}.'
  )
  return twin_pages.part(name, note, drawn, side=SIDE, kind='ends')
