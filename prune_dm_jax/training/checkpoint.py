"""Checkpoints that can be trusted: Orbax, with a digest and fingerprints.

Orbax restores a file with a flipped bit without a word, and knows nothing of
the data. So beside each state stand the SHA-256 of its leaves, checked when it
is read, and what it was trained on, compared with what it is to go on with.
"""

import hashlib
import pathlib

import jax
import numpy as np
import orbax.checkpoint as ocp
from absl import logging
from jax.experimental import multihost_utils

from prune_dm_jax.training import finite


def digest(state):
  """SHA-256 over path, type, shape and bytes of every leaf."""
  sha = hashlib.sha256()
  for path, leaf in jax.tree_util.tree_leaves_with_path(state):
    leaf = np.asarray(leaf)
    sha.update(
      f'{jax.tree_util.keystr(path)} {leaf.dtype} {leaf.shape}'.encode()
    )
    sha.update(np.ascontiguousarray(leaf).tobytes())
  return sha.hexdigest()


def manager(directory, *, keep=2):
  """Opens (and makes) a directory of checkpoints, named by their step."""
  options = ocp.CheckpointManagerOptions(
    max_to_keep=keep, cleanup_tmp_directories=True
  )
  return ocp.CheckpointManager(
    pathlib.Path(directory).absolute(), options=options
  )


def save(checkpoints, step, state, fingerprints):
  """Starts to write a state, with its digest; it may be donated right after."""
  record = {'digest': digest(state), 'fingerprints': fingerprints}
  args = ocp.args.Composite(
    state=ocp.args.StandardSave(state), record=ocp.args.JsonSave(record)
  )
  checkpoints.save(step, args=args)


def read(checkpoints, step, target):
  """The state and the record of one step; ValueError if it is damaged."""
  args = ocp.args.Composite(
    state=ocp.args.StandardRestore(target), record=ocp.args.JsonRestore()
  )
  restored = checkpoints.restore(step, args=args)
  state, record = restored['state'], restored['record']
  if digest(state) != record['digest']:
    raise ValueError('its bytes do not give the digest beside them')
  finite.check(state)  # Earlier versions kept what was not.
  return state, record


def restore_latest(checkpoints, target, fingerprints):
  """The newest whole checkpoint, or None where there is none.

  A damaged one is named, moved aside (never deleted) and the one before it is
  taken.

  Args:
    checkpoints: From `manager`.
    target: The state's shapes, types and shardings.
    fingerprints: What training is about to go on with, name -> text.

  Returns:
    The state, or None.

  Raises:
    ValueError: The checkpoint was made with another fingerprint.
  """
  for step in sorted(checkpoints.all_steps(), reverse=True):
    try:
      state, record = read(checkpoints, step, target)
    except Exception as error:  # Orbax raises whatever its readers raise.
      set_aside(checkpoints, step, error)
      continue
    compare(
      record['fingerprints'], fingerprints, checkpoints.directory / str(step)
    )
    return state
  return None


def set_aside(checkpoints, step, error):
  """Renames a damaged checkpoint, so that its step can be written again."""
  damaged = pathlib.Path(checkpoints.directory) / str(step)
  aside = damaged.with_name(f'damaged-{step}')
  while aside.exists():
    aside = aside.with_name(aside.name + '-again')
  reason = str(error).split('\n')[0]
  logging.warning(
    'checkpoint %s is damaged (%s): moved to %s, using the one before it',
    damaged, reason, aside.name,
  )  # fmt: skip
  if jax.process_index() == 0:
    damaged.rename(aside)
  multihost_utils.sync_global_devices(f'{damaged} is aside')
  checkpoints.reload()


def save_snapshot(directory, step, params, fingerprints):
  """Writes the parameters of one step, whole when this returns.

  One that is there already is of a run that was killed, and has the same bits.
  """
  with manager(directory, keep=None) as snapshots:
    if step not in snapshots.all_steps():
      save(snapshots, step, {'params': params}, fingerprints)


def read_snapshot(directory, step, target):
  """The parameters of one step; ValueError if they are damaged."""
  with manager(directory, keep=None) as snapshots:
    try:
      return read(snapshots, step, {'params': target})[0]['params']
    except Exception as error:  # Orbax raises whatever its readers raise.
      reason = str(error).split('\n')[0]
      raise ValueError(
        f'snapshot {snapshots.directory / str(step)} is damaged ({reason}); '
        f'remove {snapshots.directory.parent} to train it again'
      ) from error


def compare(saved, wanted, where):
  """Raises ValueError naming the first fingerprint that differs."""
  for name, value in wanted.items():
    if saved.get(name) != value:
      raise ValueError(
        f'checkpoint {where} was trained with another {name} '
        f'({saved.get(name)!r}, now {value!r}); use another --workdir'
      )
