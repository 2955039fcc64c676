"""What a kill in an evaluation leaves: what judges saw, and the numbers so far.

  <cell>/metrics.json.partial/parts/    until metrics.json is there

A part is named after all that it depends on, so that none is taken for another.
What fits into one part is kept in none.
"""

import shutil
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax import metrics
from prune_dm_jax.data import contents
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import digests
from prune_dm_jax.run import parts
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import processes
from prune_dm_jax.stages import features
from prune_dm_jax.stages import judge

ROOM = 'prune_dm_jax.metrics.'


class Shown(NamedTuple):
  """Pictures that judges are shown."""

  read: Callable
  """(first, number) -> uint8 [number, H, W, C], perhaps a memory map."""
  size: int
  labels: dict
  """{'labels': [size]}, or nothing."""
  name: str
  """Of what they depend on."""


def folder(cell):
  return artifacts.partial(cell / 'metrics.json') / 'parts'


def drop(cell):
  """Removes all parts, once metrics.json is there."""
  remove = lambda: shutil.rmtree(folder(cell).parent, ignore_errors=True)
  processes.alone(remove)


def seen(run, where, shown):
  """backbone -> features and perhaps logits and labels, by name."""
  names, part = judge.backbones(run), run.config.runtime.part_size
  see = {b: features.extractor(run, b, shown.size) for b in names}

  def make(first, number):
    pictures = shown.read(first, number)
    return {
      f'{backbone}/{name}': rows
      for backbone in names
      for name, rows in see[backbone](pictures, first).items()
    }

  called = f'{shown.name}-{artifacts.hash8(*networks(run))}'
  rows_of = parts.filled(
    where, called, shown.size, part, make, hand=parts.at_hand_together
  )
  found = {backbone: dict(shown.labels) for backbone in names}
  for key, rows in rows_of.items():
    backbone, _, name = key.partition('/')
    found[backbone][name] = rows
  return found


def networks(run):
  """Names of all by which judges see, and of how they are shown pictures."""
  return [features.stored_in(run, b).name for b in judge.backbones(run)]


def keeping(run, cell, shown):
  """(of, name, make) -> what make() gives, from before where it is kept.

  shown: Names of pictures, see Shown.
  """
  size = max(len(run.train), run.config.sample.num)
  if size <= run.config.runtime.part_size:
    return lambda of, name, make: make()
  called = artifacts.hash8(
    *shown, networks(run), run.paths.clusters_judge.name,
    {b: p.name for b, p in paths_lib.features_of(run.config, run.paths).items()},
    digests.of_file(cell / 'kept_idx.npy'),
    *contents.code(metrics, ROOM),
  )  # fmt: skip

  def keep(of, name, make):
    name = f'{called} {of} {name}'.replace(' ', '-')
    return parts.at_hand(folder(cell), name, make)

  return keep
