"""The tables of twins: who is in which group, pairs to look at, and counts."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prune_dm_jax.data import facts as facts_lib
from prune_dm_jax.pruning import twins
from prune_dm_jax.pruning.twin_groups import Near
from prune_dm_jax.run import artifacts

BANDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Ends of bands of distance, in thresholds."""

PAIRS = 64
"""At most, of each band."""

QUANTILES = (
  0, 1e-4, 1e-3, 0.003, 0.01, 0.03, *np.arange(0.05, 1, 0.05).round(2), 1,
)  # fmt: skip


class Found(NamedTuple):
  """Twins among N pictures, of which n were held against others."""

  own: np.ndarray
  """[N] index of the one that stands for all of the same pixels."""
  some: np.ndarray
  """[n] ascending, which were held against others."""
  group: np.ndarray
  """[N] index of who is kept of one's group."""
  near: Near
  """Of the n."""
  distance: np.ndarray
  """[n, k] to the nearest others."""
  index: np.ndarray
  """[n, k], among the n."""


def write(run, found, sides, folder):
  """groups.parquet, pairs.parquet and leaked.npy."""
  rows = groups(run, found)
  artifacts.write(
    folder / 'groups.parquet', lambda path: pq.write_table(rows, path)
  )
  sample = pairs(found, seed=run.config.shared_seed)
  artifacts.write(
    folder / 'pairs.parquet', lambda path: pq.write_table(sample, path)
  )
  artifacts.write_array(
    folder / 'leaked.npy', np.union1d(sides['exact'][0], sides['near'][0])
  )


def sizes(group):
  """[N] how many are in the group of each."""
  _, place, count = np.unique(group, return_inverse=True, return_counts=True)
  return count[place]


def kinds(run, group):
  """[N] bytes, pixels or near: by the closest of each one's group."""
  files = sizes(facts_lib.groups(run.facts.bytes)) > 1
  pixels = sizes(run.copies) > 1
  others = np.where(sizes(group) > 1, 'near', '')
  return np.select([files & pixels, pixels], ['bytes', 'pixels'], others)


def groups(run, found):
  """groups.parquet: a row for each picture that has a twin, group by group."""
  group = found.group
  index = np.flatnonzero(sizes(group) > 1)
  index = index[np.lexsort((index, group[index]))]
  of = group[index]
  trained = np.isin(index, run.train)
  alone, keys = index == of, run.source.keys
  return pa.table(
    {
      'index': index,
      'key': [keys[i] for i in index],
      'group': of,
      'kind': kinds(run, group)[index],
      'kept': alone | ~trained,
      'twin_of': pa.array([keys[i] for i in of], mask=alone),
      'distance': apart(found, index, of),
      'label': run.source.labels[index],
    }
  )


def apart(found, one, other):
  """[n] distances of pictures; 0 between those of the same pixels."""
  one, other = found.own[one], found.own[other]
  distance, differ = np.zeros(len(one)), one != other
  places = (np.searchsorted(found.some, ends[differ]) for ends in (one, other))
  distance[differ] = twins.distances(found.near.views.x, *places)
  return distance


def pairs(found, *, seed):
  """pairs.parquet: up to PAIRS of each band of distance, nearest first."""
  one = np.repeat(np.arange(len(found.index)), found.index.shape[1])
  other, distance = found.index.ravel(), found.distance.ravel()
  ends = found.near.threshold * np.array(BANDS)
  stay = distance <= ends[-1]
  low, high = np.minimum(one, other)[stay], np.maximum(one, other)[stay]
  _, first = np.unique(low * len(found.some) + high, return_index=True)
  low, high, distance = low[first], high[first], distance[stay][first]
  true = twins.alike(found.near.views, low, high)
  low, high, distance = low[true], high[true], distance[true]
  band = np.searchsorted(ends, distance)
  rng, chosen = np.random.default_rng(seed), [np.zeros(0, int)]
  for number in range(len(BANDS)):
    there = rng.permutation(np.flatnonzero(band == number))[:PAIRS]
    chosen.append(there[np.argsort(distance[there], kind='stable')])
  chosen = np.concatenate(chosen)
  return pa.table(
    {
      'one': found.some[low[chosen]],
      'other': found.some[high[chosen]],
      'distance': distance[chosen],
      'band': band[chosen].astype(np.int32),
    }
  )


def several(labels, group):
  """How many groups have members of more than one label."""
  labelled = labels >= 0
  both = np.unique(
    np.stack([group[labelled], labels[labelled]], axis=1), axis=0
  )
  return int((np.unique(both[:, 0], return_counts=True)[1] > 1).sum())


def facts(run, found, sides, told):
  """What twins.json says."""
  near, exact = found.near, len(sides['exact'][1])
  both = [np.union1d(*pair) for pair in zip(*sides.values(), strict=True)]
  return dict(
    by=run.config.twins.by,
    keep_of_group=run.config.twins.keep_of_group,
    **of_groups(run, found),
    held_out=len(run.held_out),
    leaks=dict(exact=exact, near=len(both[1]) - exact),
    leaked=len(both[0]),
    too_flat_to_tell=len(np.unique(found.own)) - len(found.some),
    neighbours=found.index.shape[1],
    crowded=len(near.crowded),
    threshold=told['threshold'],
    given=bool(run.config.twins.threshold),
    bands=[near.threshold * end for end in BANDS],
    quantiles=dict(
      at=[float(q) for q in QUANTILES],
      random=spread(told['random']),
      nearest=spread(found.distance[:, :1].ravel()),
    ),
    how=how(told['power']),
  )


def of_groups(run, found):
  """How many pictures and groups there are, of each kind."""
  group, kind = found.group, kinds(run, found.group)
  member = sizes(group) > 1
  count = {name: int((kind == name).sum()) for name in ('bytes', 'pixels')}
  replaced = member & (group != np.arange(len(group)))
  return dict(
    pictures=len(group),
    groups=len(np.unique(group[member])),
    members=int(member.sum()),
    bytes=count['bytes'],
    pixels=count['bytes'] + count['pixels'],
    near=int((sizes(group[np.unique(found.own)]) > 1).sum()),
    dropped=int(replaced[run.train].sum()),
    of_several_labels=several(run.source.labels, group),
  )


def spread(distances):
  """The quantiles, empty of nothing."""
  if not len(distances):
    return []
  return [float(q) for q in np.quantile(distances, QUANTILES)]


def how(power):
  """In words: what distance is, and where the threshold is from."""
  return dict(
    distance='1 - cosine of two pictures; of thumbnails less their mean, where '
    f'aspects are within {twins.ASPECT:g}, contrasts within {twins.CONTRAST:g} '
    f'times each other, and brightness within {twins.BRIGHTNESS:g} of the '
    f'contrast, of at least {twins.FLAT:g} grey levels',
    random_pairs=f'P(d < t) = C t^{power:.3g}, fitted between the quantiles '
    f'{twins.LOW:g} and {twins.HIGH:g} of random pairs',
    threshold=f'where of all pairs of the set {twins.CHANCE:g} are expected by '
    'chance, unless it is given',
    crowded='pictures whose neighbours are all below the threshold: they are '
    'held against each other one by one, so that no group is split',
  )
