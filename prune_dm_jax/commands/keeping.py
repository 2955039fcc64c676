"""What a report leaves: its page and files, and what a later one needs.

  <out>/index.html   figures/*.svg   tables/*.csv and *.md
  <results>/<name of the setting>/<cell>/
    config.json  selection.json  metrics.json (of the samples)  costs.json

A folder of results can be given to the report in place of the runs.
"""

import re

from prune_dm_jax.report import costs
from prune_dm_jax.report import sweep
from prune_dm_jax.run import artifacts


def text(out, name, content):
  """Writes a file under a folder, anew if it is there; returns its path."""
  path = out / name
  path.parent.mkdir(parents=True, exist_ok=True)
  artifacts.write(path, lambda p: p.write_text(content))
  return path


def results(out, cells):
  for own in sweep.settings(cells):
    name = re.sub(r'[^a-z0-9]+', '_', sweep.name_of(own).lower())
    for cell in own:
      write_cell(out / name / cell.folder.name, cell)


def write_cell(folder, cell):
  """Writes the files of a cell, if they are not of another one already."""
  if folder.resolve() == cell.folder.resolve():
    return
  if (folder / 'config.json').exists():
    artifacts.same_config(folder / 'config.json', cell.config)
  folder.mkdir(parents=True, exist_ok=True)
  artifacts.write_json(folder / 'costs.json', costs.of(cell))
  artifacts.write_json(folder / 'config.json', cell.config)
  artifacts.write_json(folder / 'selection.json', cell.facts)
  rows = [compact(row) for row in cell.rows.values()]
  artifacts.write_json(folder / 'metrics.json', rows)


def compact(row):
  """A row without what is said of every row of the cell, at six figures."""
  short = lambda v: float(f'{v:.6g}') if isinstance(v, float) else v
  return {k: short(v) for k, v in row.items() if k != 'settings'}
