"""One table of many cells: what each kept, and how its samples were judged."""

import re

from prune_dm_jax.report import cell_files

NAME = re.compile(r'(.+)-([0-9]+[.]?[0-9]*)-seed([0-9]+)')
"""A cell's folder: variant, prune_ratio and seed."""

ABOUT = ('workdir', 'variant', 'prune_ratio', 'seed', 'kept')


def cells(workdirs):
  """The folders of finished cells, by workdir and then by their names."""
  found = [
    path.parent for w in workdirs for path in sorted(w.glob('*/metrics.json'))
  ]
  return [cell for cell in found if NAME.fullmatch(cell.name)]


def rows(folders):
  """A {variant, prune_ratio, seed, kept, <metric>: (value, low, high)} each.

  Where they are of several workdirs, that of each is said first.
  """
  found, several = [], len({folder.parent for folder in folders}) > 1
  for folder in folders:
    variant, ratio, seed = NAME.fullmatch(folder.name).groups()
    kept = cell_files.selection(folder / 'selection.json')['kept']
    row = {'workdir': str(folder.parent)} if several else {}
    row |= dict(variant=variant, prune_ratio=ratio, seed=seed, kept=str(kept))
    for metric in cell_files.metrics(folder / 'metrics.json'):
      if metric['of'] == 'samples':
        row[metric['metric']] = tuple(
          metric[k] for k in ('value', 'low', 'high')
        )
    found.append(row)
  return found


def chosen(rows, metrics):
  """The rows with these metrics alone, in this order."""
  known = {name for row in rows for name in row} - set(ABOUT)
  for name in metrics:
    if name not in known:
      raise ValueError(
        f'no cell has the metric {name!r}; choose from {", ".join(sorted(known))}'
      )
  return [{n: row[n] for n in (*ABOUT, *metrics) if n in row} for row in rows]


def markdown(rows):
  """The rows as a table, an interval in parentheses where there is one."""
  heads = list(dict.fromkeys(name for row in rows for name in row))
  lines = [heads, ['---'] * len(heads)]
  lines += [[written(row.get(name)) for name in heads] for row in rows]
  return ''.join(f'| {" | ".join(map(cell, line))} |\n' for line in lines)


def cell(text):
  """A text that neither ends its column nor its line."""
  return ' '.join(str(text).splitlines()).replace('|', '\\|')


def written(value):
  if value is None or isinstance(value, str):
    return value or 'not run'
  middle, low, high = value
  if middle is None:
    return 'not finite'
  if None in (low, high):
    return f'{middle:.3g}'
  return f'{middle:.3g} ({low:.3g} to {high:.3g})'
