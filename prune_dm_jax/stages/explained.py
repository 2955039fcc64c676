"""Why one picture was kept or pruned: all that its cell knows of it."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prune_dm_jax.data import manifest
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import cuts
from prune_dm_jax.run import cells
from prune_dm_jax.run import damage
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import neighbours
from prune_dm_jax.stages import strips

NEIGHBOURS = 5
"""Of either side."""

GROUP = 'group'
"""The column of a manifest that says which are twins, if it has one."""

LOOKS = (
  'width', 'height', 'aspect', 'bytes', 'sharpness', 'brightness', 'contrast',
  'entropy', 'one_colour', 'blockiness',
)  # fmt: skip
"""Columns of a manifest that say how pictures look, where there are some."""

OUTSIDE = {
  'held_out': 'held out for judging, so it was not for a method to choose',
  'thinned': 'left out of training by config.data.imbalance',
  'leak': 'left out of training, as a picture that is held out is its twin',
}
"""Reasons that no method gave."""


class Explained(NamedTuple):
  index: int
  rows: list
  """(what, in words) each."""
  others: dict
  """heading -> [(index, in words)] of other pictures."""


def explain(run, cell, index):
  """The Explained of one picture of a cell."""
  table = cells.manifest(cell)
  shown = strips.read(cell / 'manifest.parquet', cells.facts(cell))
  row = table.slice(index, 1).to_pylist()[0]
  place = np.flatnonzero(shown.index == index)
  rows = [('key', row['key']), ('reason', reason(row, cells.facts(cell)))]
  rows += [('class', source_lib.class_name(run.source)(row['label']))]
  if len(place) and shown.score is not None:
    rows += scored(row, shown, place[0])
  others = {}
  found = twins(run, table, index)
  rows += [('twins', found if isinstance(found, str) else f'{len(found):,}')]
  if not isinstance(found, str):
    others['Twins'] = found
  rows += looks(table, row)
  near = nearest(run, table, index)
  if isinstance(near, str):
    return Explained(index, [*rows, ('nearest', near)], others)
  return Explained(index, rows, others | near)


def reason(row, facts):
  """Kept, pruned or outside, and what decided."""
  said = OUTSIDE.get(row['reason'].partition(':')[0], row['reason'])
  if row['reason'] == 'high_noise':
    said = f'pruned, but where 1 - t is at least {row["t_min"]:g}'
  if row['reason'] in ('kept', 'pruned', 'high_noise'):
    by = gallery.chosen(facts)
    said = f'{said}: {by[0].lower()}{by[1:]}'
  return said


def scored(row, shown, place):
  """What the method says of a picture, at a place in `shown`."""
  group = shown.groups == shown.groups[place]
  of = strips.kind_of_group(shown)
  of = f' in its {of}' if of else ''
  yield 'score', f'{row["score"]:.6g}'
  if row['error'] is not None:
    yield 'error', f'{row["error"]:.3g}'
  if row['rank'] is not None and shown.rank is not None:
    below = int((shown.rank < row['rank']).sum())
    own = int((shown.rank[group] < row['rank']).sum())
    within = f'; {own + 1:,} of {group.sum():,}{of}' if of else ''
    yield (
      'rank',
      f'{below + 1:,} of {len(shown.rank):,} from the lowest{within}',
    )
  if shown.cluster is not None:
    group = shown.cluster == shown.cluster[place]
    kept = int(shown.kept[group].sum())
    of_all = f'{kept:,} of its {group.sum():,} are kept'
    yield 'cluster', f'{row["cluster"]}, {of_all}'
  if row['distance'] is not None:
    yield 'distance', f'{row["distance"]:.6g} to the centre'
  if shown.rank is not None:
    yield 'threshold', threshold(row['score'], shown, group, of)


def threshold(score, shown, group, of):
  """The cuts of a picture's group, and how far it is from the nearest."""
  if not shown.thresholds:
    return 'none: what is kept is drawn along the scores'
  some = [column[group] for column in (shown.score, shown.rank, shown.groups)]
  (found,) = cuts.thresholds(*some, shown.kept[group]).values()
  if not len(found):
    side = 'kept' if shown.kept[group].all() else 'pruned'
    return f'none: all{of} are {side}'
  near = found[np.abs(found - score).argmin()]
  apart = f'{abs(score - near):.4g} {"below" if score < near else "above"} it'
  return f'{" and ".join(f"{cut:.6g}" for cut in found)}; it is {apart}'


def twins(run, table, index):
  """[(index, in words)] of pictures alike; a sentence where there are none."""
  same = run.copies == run.copies[index]
  alike = same | grouped(table, index)
  alike[index] = False
  if not alike.any():
    near = 'none' if GROUP in table.column_names else 'no exact copy'
    return f'{near} in the data'
  kind = lambda i: 'the same pixels' if same[i] else 'near'
  return [
    (int(i), f'{kind(i)}, {words(table, i)}') for i in np.flatnonzero(alike)
  ]


def grouped(table, index):
  """[N] bool, which are of the group of twins of one; none, if it is in none."""
  own = table[GROUP][index].as_py() if GROUP in table.column_names else None
  if own is None or own == -1:
    return np.zeros(table.num_rows, bool)
  same = pc.equal(table[GROUP], pa.scalar(own, table[GROUP].type))
  return pc.fill_null(same, False).to_numpy()


def looks(table, row):
  """Each column of looks, and how many pictures have less."""
  for name in LOOKS:
    if name in table.column_names and row[name] is not None:
      values = table[name].to_numpy()
      less = float((values < row[name]).mean())
      yield name, f'{row[name]:.6g}, more than {100 * less:.0f} % have'


def nearest(run, table, index):
  """heading -> [(index, in words)]; a sentence where no features are there."""
  path = run.paths.features / 'features.npy'
  name = run.config.score.backbone
  if not path.is_file():
    return f'not known: features of {name} are not on disk ({path})'
  features = damage.map_array(path)
  keep = table['keep'].to_numpy()
  outside = manifest.outside(table)
  found = {}
  for side, among in (('kept', keep), ('pruned', ~keep & ~outside)):
    there, apart = neighbours.beside(features, index, among, number=NEIGHBOURS)
    found[f'Nearest {side}, by {name}'] = [
      (int(i), f'{distance:.4g}, {words(table, i)}')
      for i, distance in zip(there, apart, strict=True)
    ]
  return {heading: rows for heading, rows in found.items() if rows}


def words(table, index):
  """The reason and the key of another picture."""
  row = table.slice(int(index), 1).to_pylist()[0]
  return f'{row["reason"]}, {row["key"]}'


def kinds(table, indices):
  """'kept' or 'pruned' each: how a picture is underlined."""
  keep = table['keep'].to_numpy()
  return ['kept' if keep[i] else 'pruned' for i in indices]
