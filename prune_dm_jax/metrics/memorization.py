"""Memorisation: how near the generated are to what was trained on.

Distances to the nearest of the full training set and of what was kept, beside
those of the reference, which was never trained on, and of training pictures to
the others: alone a distance says nothing. A copy is far nearer to one training
picture than to the next: d_1 / d_2 < 1/3. Training pictures that are equal, which is
what is copied first, count once, as kept where one of them is.
"""

import functools
import hashlib

import numpy as np

from prune_dm_jax.metrics import intervals
from prune_dm_jax.metrics import nearest
from prune_dm_jax.metrics import within
from prune_dm_jax.metrics.plain import DOWN
from prune_dm_jax.metrics.plain import Plain

RATIO = 1 / 3
AT_MOST = 5_000
"""Training pictures that are held against the others."""


def copies(distance):
  """[S] bool, of distances [S, 2]: of the nearest and of the next."""
  return (distance[:, 0] < RATIO * distance[:, 1]) | (distance[:, 0] == 0)


def distinct(features):
  """[N] the first row that is equal to each, of features [N, D]."""
  seen = {}
  digest = lambda row: hashlib.blake2b(row.tobytes(), digest_size=16).digest()
  return np.array(
    [seen.setdefault(digest(row), i) for i, row in enumerate(features)]
  )


def at(features, rows):
  """features[rows], or themselves where that is all of them."""
  return features if len(rows) == len(features) else features[rows]


def summary(distance, name):
  """Mean and median of [S] distances, with intervals."""
  return {
    f'{name}_mean': intervals.mean(distance),
    f'{name}_median': intervals.resampled(np.median, distance),
  }


def neighbours(features, training, name, *, k, keep):
  """`nearest.nearest`, of which every part is kept by a name."""
  own = lambda part, make: keep(f'{name} from {part}', make)
  return nearest.nearest(features, training, k=k, keep=own)


def held_against(features, training, kept, name, keep):
  """Distances of features [S, D] to training [N, D], full and kept [N] bool."""
  find = functools.partial(neighbours, features, keep=keep)
  full, index = find(training, f'{name}_to_training', k=2)
  found = summary(full[:, 0], f'{name}_to_training')
  if not kept.all():
    some = training[np.flatnonzero(kept)]
    to_kept, _ = find(some, f'{name}_to_kept', k=1)
    found |= summary(to_kept[:, 0], f'{name}_to_kept')
  return found, full, index


def metric(given):
  training, kept = given['training_features'], given['training_kept']
  once, group = np.unique(distinct(training), return_inverse=True)
  kept = np.bincount(group, kept) > 0
  held = functools.partial(
    held_against, training=at(training, once), kept=kept,
    keep=given.get('keep', nearest.once),
  )  # fmt: skip
  found, distance, index = held(given['features'], name='generated')
  found['copies'] = intervals.share(copies(distance))
  if not kept.all():
    found['nearest_was_kept'] = intervals.share(kept[index[:, 0]])
  if 'reference_features' in given:
    found |= held(given['reference_features'], name='reference')[0]
  rows = np.random.default_rng(0).permutation(len(training))[:AT_MOST]
  own, _ = within.others(training, k=1, rows=np.sort(rows))
  return found | summary(own[:, 0], 'training_to_training')


def pairs(features, training, kept, *, number, keep=nearest.once):
  """The generated that are nearest to training, nearest first.

  Of what `metric` has found already, where it was kept.

  Returns:
    generated [n] and training [n] indices, of equal ones one that is kept [N] bool,
    distance [n], and ratio [n] to the distance of the next training picture.
  """
  once, group = np.unique(distinct(training), return_inverse=True)
  shown = once.copy()
  shown[group[kept]] = np.flatnonzero(kept)
  distance, index = neighbours(
    features, at(training, once), 'generated_to_training', k=2, keep=keep
  )
  first = np.argsort(distance[:, 0], kind='stable')[:number]
  near, next_one = distance[first].T
  ratio = np.divide(near, next_one, out=np.zeros(len(near)), where=next_one > 0)
  return first, shown[index[first, 0]], near, ratio


def plain(whose, to, how):
  return Plain(
    'Memorisation', f'{whose}: {how} distance to {to}', '',
    f'From each to the nearest of {to}.',
  )  # fmt: skip


def distances():
  """name -> Plain of each distance of one set to another."""
  sets = {
    'generated': ('Samples', ('training', 'kept')),
    'reference': ('Held-out pictures', ('training', 'kept')),
    'training': ('Training pictures', ('training',)),
  }
  named = {'training': 'training pictures', 'kept': 'kept pictures'}
  return {
    f'{of}_to_{to}_{how}': plain(
      whose, 'the others' if of == to else named[to], how
    )
    for of, (whose, others) in sets.items()
    for to in others
    for how in ('mean', 'median')
  }


NUMBERS = {
  'copies': Plain(
    'Memorisation', 'Copies', DOWN,
    'The share of samples under a third as far from one training picture as '
    'from the next.',
  ),
  'nearest_was_kept': Plain(
    'Memorisation', 'Nearest one was kept', '',
    'The share of samples whose nearest training picture is one of the kept.',
  ),
  **distances(),
}  # fmt: skip
"""name -> Plain of each number."""
