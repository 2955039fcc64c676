"""The cells of a sweep, from their files alone."""

import json
import pathlib
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import cell_files
from prune_dm_jax.report import guidance
from prune_dm_jax.report import judges
from prune_dm_jax.report import table

OF_CELL = (
  'variant', 'model', 'prune_ratio', 'seed', 'score', 'select', 'runtime',
  'twins', 'junk', 'store',
)  # fmt: skip
"""Keys of a configuration in which cells of one sweep differ."""

SELECTING = ('score', 'select', 'twins', 'junk')
"""Of these, those that decide what is kept."""

FOLLOWS = ('_balanced', '_proportional')
"""Ends of variants whose ratio follows from the smallest cluster."""


FIRST = (
  'unpruned',
  *(name for name, row in METHODS.items() if row.paper and not row.of_features),
)
"""In the order of the paper; clusters, and methods of others, follow."""

ENDS = ('', '_inv', '_mid', *FOLLOWS)


class Cell(NamedTuple):
  folder: pathlib.Path
  variant: str
  prune_ratio: float
  seed: int
  facts: dict[str, Any]
  """selection.json."""
  config: dict[str, Any]
  rows: dict[str, dict]
  """metric -> its row of metrics.json, of the samples."""
  samples: str = guidance.FIRST
  """The name of their folder."""

  @property
  def model(self):
    """dit | vae | gan; cells older than the key are of a DiT."""
    return self.config.get('model', 'dit')

  def value(self, metric):
    """The number, or NaN where it is not there or not finite."""
    value = self.rows.get(metric, {}).get('value')
    return np.nan if value is None else value


def read(workdirs):
  """The finished cells under some folders; of equal ones the first counts."""
  found = []
  for folder in table.cells(workdirs):
    if (folder / 'config.json').exists():
      first = read_cell(folder)
      found += [first, *by_other_weights(first)]
  return [cell for own in settings(found) for cell in beside_lists(own)]


def beside_lists(cells):
  """Cells of a setting; lists that keep as many as a ratio does are of that ratio."""
  ratios = {c.facts['kept']: c.prune_ratio for c in cells if not of_list(c)}
  return [
    cell._replace(prune_ratio=ratios.get(cell.facts['kept'], cell.prune_ratio))
    if of_list(cell) else cell
    for cell in cells
  ]  # fmt: skip


def of_list(cell):
  """Whether it keeps a list of one's own."""
  return not table.named(cell.folder)[1]


def read_cell(folder):
  variant, _, seed = table.named(folder)
  rows = rows_of(folder, guidance.FIRST)
  facts = cell_files.selection(folder / 'selection.json')
  config = cell_files.config(folder / 'config.json')
  ratio = table.ratio_of(folder, facts)
  return Cell(folder, variant, ratio, int(seed), facts, config, rows)


def rows_of(folder, of):
  """metric -> its row of a cell's metrics.json, of one of its sets."""
  rows = cell_files.metrics(folder / 'metrics.json')
  return {row['metric']: row for row in rows if row['of'] == of}


def by_other_weights(cell):
  """The cell again, once for each other guidance by which its model has drawn."""
  options = cell.config.get('sample', {})
  for weight in options.get('other_weights', ()):
    folder = guidance.folder(weight)
    found = rows_of(cell.folder, guidance.words(folder))
    rows = {name: {**r, 'of': guidance.FIRST} for name, r in found.items()}
    own = {**options, 'guidance_weight': float(weight)}
    if rows:  # Nothing guides a VAE, or a GAN.
      yield cell._replace(
        rows=rows, config={**cell.config, 'sample': own}, samples=folder
      )


def setting(cell):
  """What must be equal of cells that are compared: key -> value."""
  found = {'fingerprint': cell.facts['fingerprint']}
  for part, values in cell.config.items():
    if part not in (*OF_CELL, *cell_files.ALONE):
      if isinstance(values, dict):
        own = completed(part, values)
        found |= {f'{part}.{key}': value for key, value in own.items()}
      else:
        found[part] = values
  for key in (*cell_files.FREE, *cell_files.WHERE, 'sample.other_weights'):
    found.pop(key, None)
  return found | judges.of(cell.facts, cell.config)


def completed(part, values):
  """A section of a configuration, with what an older one does not name."""
  return cell_files.OLDER.get(part, {}) | values


def in_common(each):
  """Dicts -> what each says to the keys in which any two differ, as text.

  One that lacks such a key is like none that has it; where all that have it agree,
  it tells nothing.
  """
  said = {}
  for own in each:
    for key, value in own.items():
      said.setdefault(key, set()).add(json.dumps(value, sort_keys=True))
  differ = sorted(key for key, values in said.items() if len(values) > 1)
  return [
    json.dumps({key: own[key] for key in differ if key in own}, sort_keys=True)
    for own in each
  ]


def way(cell):
  """How the model of a cell was trained, by the section of its own: key -> value."""
  return completed(cell.model, cell.config.get(cell.model, {}))


def ways_of(cells):
  """The `way` of each cell whose model has a section of its own, as text, or ''."""
  texts = {}
  for model in {cell.model for cell in cells} & {*cell_files.ALONE}:
    own = [cell for cell in cells if cell.model == model]
    each = in_common([way(cell) for cell in own])
    texts |= zip((id(cell) for cell in own), each, strict=True)
  return [texts.get(id(cell), '') for cell in cells]


def settings(cells):
  """Cells by their setting, in the order of the first of each.

  A key that some of them lack, as it is younger than they are, is as it was then, or
  else is held against them only where the others differ in it.
  Of a model that was trained in two ways the second is a setting of its own.
  """
  found, ways, firsts = {}, {}, {}
  texts = in_common([setting(cell) for cell in cells])
  for cell, text, way in zip(cells, texts, ways_of(cells), strict=True):
    known = ways.setdefault((text, cell.model), [])
    known += [way] if way not in known else []
    by_name = found.setdefault((text, known.index(way)), {})
    stem, rest = table.named(cell.folder)[0], cell.folder.name
    at = cell.facts['fingerprint'], stem
    first = firsts.setdefault(at, cell).config
    name = stem + otherwise(first, cell.config)
    by_name.setdefault((name, rest), cell._replace(variant=name))
  return [list(by_name.values()) for by_name in found.values()]


def otherwise(config, other):
  """How a cell of the same name selects otherwise, as in +num_clusters=40."""
  words = []
  row = METHODS.get(other.get('score', {}).get('method'))
  by_scores = not row or row.needs or other.get('select', {}).get('clusters')
  for part in SELECTING if by_scores else SELECTING[1:]:
    before = cell_files.SELECT if part == 'select' else {}
    one, two = (
      before | of[part] if part in of else {} for of in (config, other)
    )
    words += [
      f'+{key}={value}'
      for key, value in two.items()
      if f'{part}.{key}' not in cell_files.FREE
      and key in one
      and one[key] != value
    ]
  return ''.join(words)


def by_place(cells):
  """(variant, prune_ratio) -> its cells, a seed each, in order."""
  found = {}
  for cell in sorted(cells, key=lambda c: (c.variant, c.prune_ratio, c.seed)):
    found.setdefault((cell.variant, cell.prune_ratio), []).append(cell)
  return found


def follows(variant):
  return variant.endswith(FOLLOWS)


def variants(cells):
  """Their variants: by method, then the plain one, its inverse, its middle."""

  def place(name):
    methods = [i for i, m in enumerate(FIRST) if name.startswith(m)]
    stem = name
    for end in ENDS:
      stem = stem.removesuffix(end)
    return (*methods, len(FIRST))[0], stem, ENDS.index(name[len(stem) :])

  return sorted({cell.variant for cell in cells}, key=place)


def asked(cell):
  """Whether its ratio was asked for, and follows neither from data nor a list."""
  follows_from = cell.config.get('select', {}).get('ratio_from', 'config')
  return follows_from == 'config' and not of_list(cell)


def ratios(cells):
  """The prune_ratios that were asked for."""
  return sorted({c.prune_ratio for c in cells if c.prune_ratio and asked(c)})


def values(cells, metric):
  """[s] numbers of a metric over seeds, without those that are not there."""
  found = np.array([cell.value(metric) for cell in cells], float)
  return found[np.isfinite(found)]
