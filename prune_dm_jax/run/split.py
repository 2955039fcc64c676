"""Which examples are trained on, and which are held out to judge by.

Pictures of the same pixels are on one side, unless the set itself names those
that are held out: then what leaks is counted, and left out if asked for.
"""

from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.data import facts as facts_lib
from prune_dm_jax.data import identity


class Parts(NamedTuple):
  """Indices in the full data."""

  train: np.ndarray
  held_out: np.ndarray
  thinned: np.ndarray
  """Left out of training by config.data.imbalance."""
  leaked: np.ndarray
  """Left out of training by config.data.leaks."""
  together: bool
  """Whether keeping copies together made it another split."""


def parts(source, config, copies):
  """The Parts of a source whose copies [N] are of one number each."""
  train, held_out = split(source, config, copies)
  plain = len(np.unique(copies)) == len(copies)
  together = not plain and not np.array_equal(
    held_out, split(source, config)[1]
  )
  train, leaked = without_leaks(config, copies, train, held_out)
  train, thinned = thin(config, source, train)
  return Parts(train, held_out, thinned, leaked, together)


def split(source, config, copies=()):
  """Train and held-out indices: the set's own, else by hash of the key."""
  if source.held_out.any():
    return np.flatnonzero(~source.held_out), np.flatnonzero(source.held_out)
  return identity.split(
    source.keys,
    held_out=config.data.held_out,
    seed=config.shared_seed,
    groups=copies,
  )


def without_leaks(config, copies, train, held_out):
  """The training split without copies of what is held out, if asked; the rest."""
  leaks = np.isin(copies[train], copies[held_out])
  leaks &= config.data.leaks == 'drop'
  return train[~leaks], train[leaks]


def thin(config, source, train):
  """The training split long-tailed, as config.data.imbalance says; the rest."""
  labels = source.labels[train]
  if config.data.imbalance != 1 and (labels < 0).any():
    raise ValueError(
      f'config.data.imbalance is {config.data.imbalance}, but '
      f'{source.keys[train[labels < 0][0]]!r} has no class'
    )
  stay = identity.long_tailed(
    [source.keys[i] for i in train],
    labels,
    imbalance=config.data.imbalance,
    seed=config.shared_seed,
  )
  return train[stay], np.delete(train, stay)


def leaks(run):
  """How many held-out pictures have a copy among those trained on: of the file,
  and of the pixels.
  """
  files = facts_lib.groups(run.facts.bytes)
  return {'bytes': shared(run, files), 'pixels': shared(run, run.copies)}


def shared(run, copies):
  """How many of those held out are copies [N] of what is trained on."""
  return int(np.isin(copies[run.held_out], copies[run.train]).sum())


def announce_leaks(run):
  """What the split leaks, and what was left out so that it does not."""
  number = shared(run, run.copies)
  if number:
    logging.warning(
      '%d of %d held-out pictures have a copy among those trained on, which '
      'flatters every distance and hides memorisation; '
      '--config.data.leaks=drop trains on none of these',
      number, len(run.held_out),
    )  # fmt: skip
  if len(run.leaked):
    logging.info(
      '%d pictures left out of training, as copies of them are held out',
      len(run.leaked),
    )
