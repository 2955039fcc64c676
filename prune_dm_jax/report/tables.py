"""Tables of a sweep: memorisation, balance, cost (the paper's Tables 1 and 2)."""

import html
import re

import numpy as np

from prune_dm_jax.report import chapters
from prune_dm_jax.report import page
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table

FORMULA = re.compile(r'[=@\t\r]|[+-](?![\d.e+-]+($|[ ,])|inf|nan)')
"""How what is no number, as +0.1 ± 0.2 is one, begins and is carried out."""

WITHIN = re.compile(r'([-+\d.e]+) ([\[(][^()\[\]]* to [^()\[\]]*[\])])')

MEMORY = {
  'generated_to_training_mean': 'mean distance to training',
  'generated_to_training_median': 'median',
  'generated_to_kept_mean': 'mean distance to the kept',
  'copies': 'share of copies',
  'nearest_was_kept': 'nearest was kept',
}

BALANCE = {
  'frechet_distance': 'Fréchet distance',
  'frechet_distance_balanced': 'to a reference of even clusters',
  'cluster_total_variation_uniform': 'clusters from even (total variation)',
  'class_total_variation_uniform': 'classes from even',
  'rare_classes': 'share of rare classes',
  'recall': 'recall',
}


def over_seeds(cells, metric):
  """Mean, and its extremes where there are several seeds, as text."""
  found = sweep.values(cells, metric)
  if not len(found):
    return '–'
  if len(found) > 1:
    return spread(found)
  row = next(c for c in cells if np.isfinite(c.value(metric))).rows[metric]
  if None in (row['low'], row['high']):
    return f'{found[0]:.3g}'
  return f'{found[0]:.3g} [{row["low"]:.3g} to {row["high"]:.3g}]'


def spread(values):
  """The mean of [s] values and, in parentheses, the extremes."""
  return f'{values.mean():.3g} ({values.min():.3g} to {values.max():.3g})'


def kept_of(cells):
  """How many were kept, or the extremes over seeds."""
  kept = sorted({cell.facts['kept'] for cell in cells})
  return ' to '.join(f'{k:,}' for k in dict.fromkeys((kept[0], kept[-1])))


def placed(cells, wanted):
  """Header and a row for each place, of the metrics in `wanted`."""
  metrics = [m for m in wanted if any(m in c.rows for c in cells)]
  header = ('variant', 'prune ratio', 'kept', 'seeds',
            *(wanted[m] for m in metrics))  # fmt: skip
  rows = [
    (
      variant, f'{ratio:.4g}', kept_of(own), str(len(own)),
      *(over_seeds(own, metric) for metric in metrics),
    )
    for (variant, ratio), own in in_order(cells)
  ]  # fmt: skip
  return header, rows


def in_order(cells):
  """(place, its cells) each, by the variant, see `sweep.variants`, and the ratio."""
  order = {name: at for at, name in enumerate(sweep.variants(cells))}
  at = lambda of_place: (order[of_place[0][0]], of_place[0][1])
  return sorted(sweep.by_place(cells).items(), key=at)


def memorisation(cells):
  """Table 1, with Unpruned and, of the held-out pictures, Validation."""
  header, rows = placed(cells, MEMORY)
  names = [m for m in MEMORY if any(m in c.rows for c in cells)]
  beside = {
    'Validation: held-out pictures': 'reference',
    'Training pictures, themselves left out': 'training',
  }
  for name, of in beside.items():
    numbers = [
      over_seeds(cells[:1], m.replace('generated', of))
      if m.startswith('generated_to_training')
      else '–'
      for m in names
    ]
    rows.append((name, '', '', '', *numbers))
  return header, rows


def balance(cells):
  """Table 2: balanced against proportional, beside random and unpruned."""
  some = [
    c for c in cells
    if sweep.follows(c.variant) or c.variant in ('unpruned', 'random')
  ]  # fmt: skip
  if not any(sweep.follows(c.variant) for c in some):
    return None
  return placed(some, BALANCE)


def everything(cells):
  """All metrics of all places."""
  names = list(dict.fromkeys(m for c in cells for m in c.rows))
  return placed(cells, {name: name for name in names})


def by_chapter(cells):
  """chapter -> header and rows, the metrics by their plain names."""
  names = dict.fromkeys(m for c in cells for m in c.rows)
  return {
    chapter: placed(cells, {m: with_end(m) for m in metrics})
    for chapter, metrics in chapters.by_chapter(names).items()
  }


def with_end(metric):
  """A metric's plain name and an arrow to its good end."""
  return pointed(plain.of(metric).name, metric)


def arrows(wanted):
  """name -> it with an arrow to the good end, of metric -> name."""
  return {name: pointed(name, metric) for metric, name in wanted.items()}


def pointed(name, metric):
  return f'{name} {plain.of(metric).good}'.strip()


def not_run(cells):
  """variant -> ratios that others of the same variant or ratio make one expect."""
  places, ratios = sweep.by_place(cells), sweep.ratios(cells)
  asked = {cell.variant for cell in cells if sweep.asked(cell)}
  found = {
    name: [r for r in ratios if (name, r) not in places]
    for name in sweep.variants(cells)
    if name in asked and not name.endswith('unpruned')
  }
  return {name: those for name, those in found.items() if those}


def broken(header, rows):
  """A table whose intervals stand below their numbers, as HTML."""
  return header, [[below(value) for value in row] for row in rows]


def below(value):
  """'1 (0 to 2)' as HTML of two lines; what is no such text as it is."""
  parts = WITHIN.fullmatch(value) if isinstance(value, str) else None
  if not parts:
    return value
  number, within = map(html.escape, parts.groups())
  return page.Html(f'<div>{number} <small>{within}</small></div>')


def markdown(header, rows):
  """A table; a number has four figures, None is a dash."""
  figures = lambda v: f'{v:.4g}' if isinstance(v, float) else str(v)
  shown = lambda v: '–' if v is None else table.cell(figures(v))
  lines = [header, ['---'] * len(header), *rows]
  return ''.join(f'| {" | ".join(map(shown, line))} |\n' for line in lines)


def csv(rows):
  """Dicts as CSV; a number to nine figures."""
  written = lambda v: f'{v:.9g}' if isinstance(v, float | np.floating) else v
  heads = list(rows[0]) if rows else []
  lines = [heads, *([written(row[h]) for h in heads] for row in rows)]
  return ''.join(','.join(quoted(v) for v in line) + '\n' for line in lines)


def quoted(value):
  """A value as a field; what a program of tables would carry out has a ' first."""
  text = '' if value is None else str(value)
  text = f"'{text}" if FORMULA.match(text) else text
  return (
    '"' + text.replace('"', '""') + '"' if set(',"\r\n') & set(text) else text
  )


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
