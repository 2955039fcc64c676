"""Cells beside one: random pruning at its ratio, and the whole set.

They are of the same workdir, data, model and training, else their numbers tell
nothing; the seed of the cell is preferred.
"""

import re

from prune_dm_jax.report import cell_files
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table

RANDOM, WHOLE = 'random pruning', 'the whole set'


def variant(model, name):
  """A variant of a model, as its cells are called."""
  return name if model == 'dit' else f'{model}_{name}'


def candidates(folder, model, ratio, seed):
  """name -> folders of finished cells that may stand beside one; no other seeds
  of itself.

  Args:
    folder: The cell's.
    model: dit | vae | gan.
    ratio: What it prunes.
    seed: Of the cell, which comes first.
  """
  wanted = {
    RANDOM: (variant(model, 'random'), f'{round(ratio, 4):g}'),
    WHOLE: (variant(model, 'unpruned'), '0'),
  }
  return {
    name: sorted(
      beside(folder, *stem), key=lambda f: (seed_of(f) != seed, seed_of(f))
    )
    for name, stem in wanted.items()
    if '-'.join(stem) != folder.name.rpartition('-seed')[0]
  }


def beside(folder, variant, ratio):
  """Finished cells of a variant at a ratio, of any seed."""
  name = re.compile(f'{re.escape(variant)}-{re.escape(ratio)}-seed[0-9]+')
  return [
    path.parent
    for path in folder.parent.glob(f'{variant}-{ratio}-seed*/metrics.json')
    if name.fullmatch(path.parent.name)
  ]


def seed_of(folder):
  return int(table.named(folder)[2])


def rows(folder, own):
  """metric -> row of a cell of the same setting as `own`, or {}.

  Args:
    folder: Of a finished cell.
    own: (selection, config) of the cell that it is to stand beside.

  Raises:
    ValueError: A file of it is damaged.
  """
  cell = sweep.read_cell(folder)
  other = sweep.setting(cell)
  facts, config = own
  mine = sweep.setting(cell._replace(facts=facts, config=config))
  alike = all(mine[key] == other[key] for key in mine.keys() & other.keys())
  return cell.rows if alike else {}


def read(folder):
  """(selection, config) of a cell, as `rows` takes them."""
  return (
    cell_files.selection(folder / 'selection.json'),
    cell_files.config(folder / 'config.json'),
  )
