"""The pictures of a gallery that can be filtered and sorted, in sheets.

All of a set of up to MOST; of a larger one so many, spread over what is kept and
what is not, from one end of the scores to the other. Neighbours are sought among
those that are shown.
"""

import concurrent.futures
import functools
import os
import urllib.parse

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.report import grid
from prune_dm_jax.report import sheets as drawing
from prune_dm_jax.run import damage
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import pixels

MOST = 4000
"""Pictures of a page."""

SIDE = 48
"""Pixels of one, at most."""

NEAR, FEW = 4, 16
"""Neighbours on each side; pixels a side by which those of pixels are found."""

BYTES, TOGETHER = 2**28, 500
"""Of features at most, and pictures whose neighbours are sought at a time."""

EVERY, SOME = 'All {:,} pictures', '{:,} of {:,} pictures, spread over all'
SAID = (
  ': a click, or Enter, shows one larger, with its threshold and its twins{}. '
  'Arrows go on to the next, Escape closes, / searches.'
)


def section(run, cell, manifest, shown):
  """[HTML, ...] of sheets and what is on them."""
  there = manifest.filter([r != 'held_out' for r in reasons(manifest)])
  order = np.lexsort((ranks(there), ~there['keep'].to_numpy()))
  few = np.linspace(0, len(order) - 1, min(MOST, len(order)))
  some = there.take(order[np.unique(np.round(few).astype(int))])
  index, each = some['index'].to_numpy(), drawing.COLUMNS * drawing.ROWS
  side = min(SIDE, run.config.data.image_size)
  said = EVERY if len(some) == len(there) else SOME
  said = said.format(len(some), len(there)) + SAID.format(by(run, len(some)))
  folder, lines = folder_of(run, cell), rows(run, some, shown)
  parts = [
    drawing.sheet(
      uri(run, index[first : first + each], side),
      lines[first : first + each], first=first, side=drawn.side(side),
    )
    for first in range(0, len(some), each)
  ]  # fmt: skip
  return drawing.section(
    parts, said, side=side, tile=drawn.side(side), folder=folder
  )


def reasons(table):
  return table['reason'].to_pylist()


def ranks(table):
  """[n] from the lowest score; what has none is last."""
  missing = np.iinfo(np.int64).max
  return table['rank'].cast('int64').fill_null(missing).to_numpy()


def by(run, number):
  """By what neighbours are the nearest, if they are known, else ''."""
  if not by_features(run, number):
    return ''
  name = run.config.score.backbone
  return f', and its nearest neighbours among these, by {name}'


def uri(run, index, side):
  """One image of some pictures, without gaps."""
  batch = brought(run, index, side)
  tiles = grid.tile(batch, columns=min(len(batch), drawing.COLUMNS), gap=0)
  make = grid.data_uri if side <= drawn.SMALL else grid.small_uri
  return make(tiles)


def smaller(seen, side):
  return np.stack([images.resize(one, side) for one in seen])


def brought(run, index, side):
  """uint8 [b, side, side, C]: of features that are pixels, or read once more."""
  seen = pixels.seen(run, index)
  if seen is not None:
    return smaller(seen, side)
  read = functools.partial(
    images.batch, run.source, size=side, crop=run.config.data.crop
  )
  with concurrent.futures.ThreadPoolExecutor(drawn.THREADS) as pool:
    return np.concatenate([*pool.map(read, index[:, None])])


def rows(run, some, shown):
  """[n] rows of drawing.HEADER."""
  kept, not_kept = neighbours(run, some)
  name = source_lib.class_name(run.source)
  files = files_of(run, some['index'].to_pylist())
  cuts = thresholds(shown)
  group = 'group' in some.column_names and some['group'].to_pylist()
  columns = zip(
    some['key'].to_pylist(), reasons(some), some['label'].to_pylist(),
    some['cluster'].to_pylist(), some['score'].to_pylist(),
    some['index'].to_pylist(), group or [None] * len(some),
    kept, not_kept, files, strict=True,
  )  # fmt: skip
  number = lambda value: '' if value is None else f'{value:.6g}'
  return [
    (
      i, key, reason, name(label), number(cluster), number(score),
      cuts.get(index, ''), '' if twins in (None, -1) else twins,
      near, far, file,
    )
    for i, (key, reason, label, cluster, score, index, twins, near, far, file)
    in enumerate(columns)
  ]  # fmt: skip


def thresholds(shown):
  """index -> the cuts of its group, in words; none where there is no cut."""
  if shown.rank is None or not shown.thresholds:
    return {}
  said = {
    group: ' and '.join(f'{cut:.6g}' for cut in cuts)
    for group, cuts in shown.thresholds.items()
  }
  groups = zip(shown.index.tolist(), shown.groups.tolist(), strict=True)
  return {index: said[group] for index, group in groups}


def neighbours(run, some):
  """[n] places each of the nearest kept, and the nearest not kept, in words."""
  none = [''] * len(some)
  if not by_features(run, len(some)):
    return none, none
  keep = some['keep'].to_numpy()
  return nearest_of(compared(run, some['index'].to_numpy()), (keep, ~keep))


def by_features(run, number):
  """Whether features are on disk, and of so many pictures fit into memory."""
  path = run.paths.features / 'features.npy'
  if run.config.score.backbone == 'pixels' or not path.is_file():
    return path.is_file()
  return 4 * number * np.prod(damage.map_array(path).shape[1:]) <= BYTES


def compared(run, index):
  """[n, D] float32 features of some pictures; if these are pixels, fewer."""
  found = pixels.seen(run, index)
  if found is None:
    found = damage.map_array(run.paths.features / 'features.npy')[index]
  else:
    found = smaller(found, min(FEW, run.config.data.image_size))
  return np.asarray(found, np.float32).reshape(len(index), -1)


def nearest_of(features, sides):
  """Of each side, [n] places of the nearest there, as '3 5', without itself.

  Products, whose digits are few near zero, choose twice as many as are asked
  for, and differences order these.
  """
  norms, found = np.einsum('nd,nd->n', features, features), [[] for _ in sides]
  for first in range(0, len(features), TOGETHER):
    rows = features[first : first + TOGETHER]
    apart = norms - 2 * rows @ features.T
    for lines, among in zip(found, sides, strict=True):
      lines += ordered(features, first, apart[:, among], np.flatnonzero(among))
  return found


def ordered(features, first, apart, places):
  """A line each of the rows from `first` on, apart [b, m] from some places."""
  if not len(places):
    return [''] * len(apart)
  few, lines = min(2 * NEAR + 1, len(places)), []
  chosen = np.sort(np.argpartition(apart, few - 1, axis=1)[:, :few])
  for i, own in enumerate(places[chosen], first):
    own = own[own != i]
    exact = ((features[own] - features[i]) ** 2).sum(1)
    order = np.argsort(exact, kind='stable')[:NEAR]
    lines.append(' '.join(map(str, own[order])))
  return lines


def places(run):
  """[N] paths, where pictures are files of a folder; else none."""
  found = run.source.places() if hasattr(run.source, 'places') else []
  of_files = all(isinstance(place, os.PathLike | str) for place in found)
  return found if of_files else []


def folder_of(run, cell):
  """The folder of the files, as seen from a page of the cell; '' without."""
  if not places(run):
    return ''
  return quoted(os.path.relpath(run.config.data.path, cell))


def files_of(run, indices):
  """[n] paths of files in their folder, as a link has them; '' without."""
  found = places(run)
  root = run.config.data.path
  return [
    quoted(os.path.relpath(found[i], root)) if found else '' for i in indices
  ]


def quoted(path):
  return urllib.parse.quote(os.fsencode(path.replace(os.sep, '/')))
