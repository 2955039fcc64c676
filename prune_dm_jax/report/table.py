"""One table of many cells: what each kept, and how its samples were judged."""

import re

from prune_dm_jax.report import cell_files

NAME = re.compile(r'(.+)-([0-9]+[.]?[0-9]*)-seed([0-9]+)')
"""A cell's folder: variant, prune_ratio and seed."""

OF_LIST = re.compile(r'(file_.+)()-seed([0-9]+)')
"""That of a list of one's own, whose ratio is in its selection.json."""

ABOUT = ('workdir', 'variant', 'prune_ratio', 'seed', 'kept')


def cells(workdirs):
  """The folders of finished cells, by workdir and then by their names."""
  found = [
    path.parent for w in workdirs for path in sorted(w.glob('*/metrics.json'))
  ]
  return [cell for cell in found if named(cell)]


def named(folder):
  """(variant, prune_ratio or '', seed) of a cell's folder; None, if it is none."""
  found = NAME.fullmatch(folder.name) or OF_LIST.fullmatch(folder.name)
  return found and found.groups()


def ratio_of(folder, facts):
  """What a cell was asked to prune; of a list, what it does, to four digits."""
  asked = named(folder)
  return float(
    asked[1] if asked and asked[1] else round(facts.get('prune_ratio', 0), 4)
  )


def rows(folders):
  """A {variant, prune_ratio, seed, kept, <metric>: (value, low, high)} each.

  Where they are of several workdirs, that of each is said first.
  """
  found, several = [], len({folder.parent for folder in folders}) > 1
  for folder in folders:
    variant, ratio, seed = named(folder)
    facts = cell_files.selection(folder / 'selection.json')
    ratio = ratio or f'{ratio_of(folder, facts):g}'
    row = {'workdir': str(folder.parent)} if several else {}
    row |= dict(
      variant=variant, prune_ratio=ratio, seed=seed, kept=str(facts['kept'])
    )
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
