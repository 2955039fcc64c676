"""Twins: pictures of the same bytes, of the same pixels, or almost of them.

  groups.parquet   index key group kind kept twin_of distance label of each that
                   has a twin; `group` is the index of the one it is a twin of
  pairs.parquet    one other distance band: pairs to look at
  leaked.npy       indices trained on that have a twin held out
  twins.json       counts, the threshold, and the quantiles around it

Of those with the same pixels one is held against its nearest neighbours. In a
group one is kept of those trained on; what is held out is never dropped.
"""

import functools
import shutil

import numpy as np
import pyarrow as pa
from absl import logging

from prune_dm_jax.metrics import within
from prune_dm_jax.pruning import twin_groups
from prune_dm_jax.pruning import twins
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import parts
from prune_dm_jax.run import progress
from prune_dm_jax.run import room
from prune_dm_jax.stages import features
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import twin_tables

AT_ONCE = 8192
"""Pictures whose neighbours are searched at a time, and are then on disk."""

SEEN = {
  'thumbnails': lambda run: (looks.thumbnails(run), twins.of_thumbnails),
  'features': lambda run: (features_of(run), twins.of_features),
}
"""config.twins.by -> run -> rows [N, ...], and what makes vectors of some."""


def features_of(run):
  return damage.map_array(run.paths.features / 'features.npy')


def build(run):
  """The folder of twins."""
  if artifacts.whole(run.paths.twins):
    return run.paths.twins
  config = run.config.twins
  if config.by == 'features':
    features.build(run)
  if config.by == 'thumbnails' or config.keep_of_group == 'sharpest':
    looks.build(run)
  return artifacts.build(run.paths.twins, functools.partial(write, run))


def there(run):
  """Whether twins were looked for; if they are damaged, they are again."""
  return run.paths.twins.exists() and bool(build(run))


def facts(run):
  """What twins.json says."""
  return damage.read_json(run.paths.twins / 'twins.json')


def dropped(run, gone=()):
  """Training examples that a twin stands for: `index` [d], and `of` [d] whom.

  Those that are `gone` stand for nobody: the next one of their group does.
  """
  table = damage.read_table(run.paths.twins / 'groups.parquet')
  index, group = (table[name].to_numpy() for name in ('index', 'group'))
  there = np.isin(index, run.train) & ~np.isin(index, gone)
  index, group = index[there], group[there]
  rank = preference(run)[index] if len(gone) else index
  order = np.lexsort((rank, index != group, group))
  index, group = index[order], group[order]
  first = np.append(True, group[1:] != group[:-1])[: len(group)]
  of = index[first][np.cumsum(first) - 1]
  return {'index': index[~first], 'of': of[~first]}


def group_of_all(run):
  """[N] the group of each picture, null of those that have no twin."""
  table = damage.read_table(run.paths.twins / 'groups.parquet')
  group = np.full(len(run.source), -1, np.int64)
  group[table['index'].to_numpy()] = table['group'].to_numpy()
  return pa.array(group, mask=group < 0)


def leaked(run):
  """[l] training examples of which a twin, exact or near, is held out."""
  return damage.read_array(run.paths.twins / 'leaked.npy')


def write(run, folder):
  """Finds twins, and writes all files."""
  rank = preference(run)
  own = twin_groups.singles(run.copies, rank)
  some, views = viewed(run, np.unique(own), folder / 'vectors.npy')
  distance, index = neighbours(views.x, run.config.twins.neighbours, folder)
  random = twins.random_distances(views.x, seed=run.config.shared_seed)
  limit, power = twins.threshold(random, len(some))
  limit = run.config.twins.threshold or limit
  near = twin_groups.near(views, distance, index, limit)
  say = progress.counter('groups of twins', len(some))
  most = run.config.twins.most
  first = twin_groups.groups(near, rank[some], most=most, say=say)
  group = grouped(run, rank, own, some, views.x, first)
  found = twin_tables.Found(own, some, group, near, distance, index)
  sides = across(run, found)
  twin_tables.write(run, found, sides, folder)
  told = dict(threshold=limit, power=power, random=random)
  counts = twin_tables.facts(run, found, sides, told)
  artifacts.write_json(folder / 'twins.json', counts)
  del views, near, found  # Before the files that they map.
  (folder / 'vectors.npy').unlink()
  shutil.rmtree(folder / 'parts', ignore_errors=True)
  announce(counts)


def preference(run):
  """[N] int, all different, least of who is preferred; training before all."""
  outside = ~np.isin(np.arange(len(run.source)), run.train)
  area = run.facts.shapes.astype(np.int64).prod(axis=1)
  by = {
    'largest': lambda: (-run.facts.sizes, -area),
    'sharpest': lambda: (-area, -looks.columns(run)['sharpness']),
    'nearest_centre': lambda: (),
    'first': lambda: (),
  }[run.config.twins.keep_of_group]()
  rank = np.empty(len(outside), int)
  rank[np.lexsort((*by, outside))] = np.arange(len(rank))
  return rank


def viewed(run, some, path):
  """Those of some [n] that can be told apart, and their twins.Views.

  Their vectors are a memory map of a file at `path`.
  """
  rows, read = SEEN[run.config.twins.by](run)
  shape = max(len(some), 1), int(np.prod(rows.shape[1:]))
  x = room.reserved(path, shape, np.float32)
  contrast, brightness = np.ones((2, len(some)))
  left, size = np.zeros(len(some), bool), 0
  for at in range(0, len(some), AT_ONCE):
    part = slice(at, at + AT_ONCE)
    unit, contrast[part], brightness[part] = read(rows[some[part]])
    left[part] = contrast[part] >= twins.FLAT
    stay = unit[left[part]]
    x[size : size + len(stay)] = stay
    size += len(stay)
  some = some[left]
  aspect = aspects(run)[some]
  return some, twins.Views(x[:size], aspect, contrast[left], brightness[left])


def aspects(run):
  """[N] width over height; 1 of features, which are of what was cropped."""
  if run.config.twins.by == 'features':
    return np.ones(len(run.source))
  height, width = np.maximum(run.facts.shapes, 1).T
  return width / height


def neighbours(x, k, folder):
  """Distances [n, k] and indices [n, k] of the nearest others, part by part."""
  k = max(min(k, len(x) - 1), 0)
  if not k:
    return np.zeros((len(x), 0)), np.zeros((len(x), 0), int)
  say, found = progress.counter('neighbours', len(x)), []
  for at in range(0, len(x), AT_ONCE):
    rows = np.arange(at, min(at + AT_ONCE, len(x)))
    part = parts.named(folder / 'parts', f'{at:09d}')
    if part is None:
      distance, index = within.others(x, k=k, rows=rows)
      part = {'distance': distance**2 / 2, 'index': index.astype(np.int32)}
      parts.save_named(folder / 'parts', f'{at:09d}', **part)
    found.append((part['distance'], part['index']))
    say(rows[-1] + 1)
  distance, index = (np.concatenate(p) for p in zip(*found, strict=True))
  return distance, index


def grouped(run, rank, own, some, x, first):
  """[N] the index of who is kept of each one's group; oneself, if alone."""
  centre = np.zeros(len(some))
  if run.config.twins.keep_of_group == 'nearest_centre':
    centre = twin_groups.centres(x, first)
  order = np.lexsort((rank[some], centre, ~np.isin(some, run.train), first))
  _, begins, place = np.unique(
    first[order], return_index=True, return_inverse=True
  )
  best = np.arange(len(own))
  best[some[order]] = some[order[begins][place]]
  return best[own]


def across(run, found):
  """Who has a twin on the other side: of training, and of what is held out.

  Returns:
    For each of 'exact' and 'near' [l] training indices, then [h] held out.
  """
  sides = run.train, run.held_out
  own = [found.own[side] for side in sides]
  there = [np.isin(found.own[found.some], each) for each in own]
  near = lambda here, other: twin_groups.beside(found.near, here, other)
  alike = {
    'exact': own[::-1],
    'near': [found.some[near(*both)] for both in (there, there[::-1])],
  }
  return {
    kind: tuple(
      side[np.isin(those, others)]
      for side, those, others in zip(sides, own, twins_of, strict=True)
    )
    for kind, twins_of in alike.items()
  }


def announce(facts):
  """The sentences of twins.json that a user waits for."""
  logging.info(
    'twins: %d of %d pictures are in %d groups: %d have a copy of the file, %d '
    'of the pixels, %d a near twin, below %.3g',
    facts['members'], facts['pictures'], facts['groups'], facts['bytes'],
    facts['pixels'], facts['near'], facts['threshold'],
  )  # fmt: skip
  if facts['of_several_labels']:
    logging.info(
      'twins: %d groups have several labels', facts['of_several_labels']
    )
  if facts['leaks']['near'] or facts['leaks']['exact']:
    logging.warning(
      'twins: of %d held-out pictures %d have an exact and %d a near twin among '
      'those trained on, which flatters every distance',
      facts['held_out'], facts['leaks']['exact'], facts['leaks']['near'],
    )  # fmt: skip
