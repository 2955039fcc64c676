"""The list of config.select.file, all of it in the training split.

With config.select.only_training what is not is cut off and counted, else it is
an error.
"""

import functools

import numpy as np
from absl import logging

from prune_dm_jax.data import lists
from prune_dm_jax.data import manifest
from prune_dm_jax.data.lists import weights
from prune_dm_jax.run import digests


def kept(run):
  """[M] indices of training examples that the list keeps."""
  path, listed = run.config.select.file, read(run)
  if not run.config.select.only_training:
    refuse_what_is_outside(run, listed)
  inside = listed[np.isin(listed, run.train)]
  if not len(inside):
    raise ValueError(f'{path}: nothing of this list is in the training split')
  return inside


def trained(run):
  """manifest.Trained: what the list keeps, or as it has it by weights."""
  options = run.config.select
  digest = digests.of_file(options.file)
  found = weights_once(options.file, digest, run.source, run.config.data.path)
  if found is None:
    return manifest.throughout(kept(run))
  if not options.only_training:
    refuse_what_is_outside(run, found.index)
  inside = np.isin(found.index, run.train)
  return manifest.Trained(*(values[inside] for values in found))


def read(run):
  """[L] indices of the list, as it is."""
  path = run.config.select.file
  digest = digests.of_file(path)
  return read_once(path, digest, run.source, run.config.data.path)


@functools.lru_cache(maxsize=1)
def read_once(path, digest, source, root):
  """`lists.read_list`; the digest says that the file is still the same."""
  del digest
  return lists.read_list(path, source, root=root)


@functools.lru_cache(maxsize=1)
def weights_once(path, digest, source, root):
  """`weights.read`, likewise."""
  del digest
  return weights.read(path, source, root=root)


def outside(run, listed):
  """Why -> those of the list that are not trained on for it."""
  parts = {
    'held out for judging': run.held_out,
    'left out by config.data.imbalance': run.thinned,
  }
  return {why: listed[np.isin(listed, those)] for why, those in parts.items()}


def refuse_what_is_outside(run, listed):
  for why, leaked in outside(run, listed).items():
    if len(leaked):
      raise ValueError(
        f'{run.config.select.file}: {len(leaked)} of its {len(listed)} '
        f'examples are {why}, first {run.source.keys[leaked[0]]!r}; leave them '
        'out, or take --config.select.only_training, which cuts the list'
      )


def say_what_is_cut(run):
  """How many of how many examples the list loses, and why."""
  listed = read(run)
  parts = {why: len(those) for why, those in outside(run, listed).items()}
  if any(parts.values()):
    logging.info(
      '%s: %d of its %d examples are not trained on: %s',
      run.config.select.file, sum(parts.values()), len(listed),
      ', '.join(f'{number} {why}' for why, number in parts.items() if number),
    )  # fmt: skip
