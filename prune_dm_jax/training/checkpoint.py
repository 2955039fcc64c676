"""Checkpoints that can be trusted: Orbax, with a digest and fingerprints.

Orbax restores a file with a flipped bit without a word, and knows nothing of
the data. So beside each state stand the SHA-256 of its leaves, checked when it
is read, and what it was trained on, compared with what it is to go on with.
That record has a digest of its own. Only what is read and is wrong is damaged:
what cannot be read now is left as it is.
"""

import hashlib
import json
import pathlib

import jax
import numpy as np
import orbax.checkpoint as ocp
from absl import logging
from jax.experimental import multihost_utils

from prune_dm_jax.training import aside as aside_lib
from prune_dm_jax.training import faults
from prune_dm_jax.training import finite
from prune_dm_jax.training import record

RECORD = {'digest', 'fingerprints'}
"""What records say; an older one has no digest of itself."""


def digest(state):
  """SHA-256 over path, type, shape and bytes of every leaf."""
  sha = hashlib.sha256()
  for path, leaf in jax.tree_util.tree_leaves_with_path(state):
    leaf = np.asarray(whole(leaf))
    sha.update(
      f'{jax.tree_util.keystr(path)} {leaf.dtype} {leaf.shape}'.encode()
    )
    sha.update(np.ascontiguousarray(leaf).reshape(-1).view(np.uint8))
  return sha.hexdigest()


def whole(leaf):
  """A leaf; one that is split over several processes, as a numpy array."""
  if getattr(leaf, 'is_fully_addressable', True) or leaf.is_fully_replicated:
    return leaf
  return multihost_utils.process_allgather(leaf, tiled=True)


def on_host(leaf):
  """A copy in the host's memory; of what many devices have whole, the first's.

  That memory is pinned: a GPU copies to it at some 50 GB/s, to other at less than 2.
  """
  if not isinstance(leaf, jax.Array):
    return leaf
  one = leaf.addressable_data(0) if leaf.is_fully_replicated else leaf
  return jax.device_put(one, one.sharding.with_memory_kind('pinned_host'))


def record_of(state, fingerprints):
  """What stands beside a state."""
  said = {'digest': digest(state), 'fingerprints': fingerprints}
  return said | {'record_digest': record_digest(said)}


def record_digest(said):
  """SHA-256 of what a record says."""
  said = {name: said[name] for name in RECORD}
  return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Manager(ocp.CheckpointManager):
  """Writes while training goes on; what it had no room for it says later."""

  writes, needed = '', 0
  """The checkpoint that is being written, and how many bytes it has."""

  def wait_until_finished(self):
    with faults.writing(self.writes or self.directory, self.needed):
      super().wait_until_finished()


def manager(directory, *, keep=2):
  """Opens (and makes) a directory of checkpoints, named by their step."""
  options = ocp.CheckpointManagerOptions(
    max_to_keep=keep, cleanup_tmp_directories=True
  )
  return Manager(pathlib.Path(directory).absolute(), options=options)


def save(checkpoints, step, state, fingerprints):
  """Starts to write a state, which may be donated right after.

  The devices wait for a copy of it alone, of which Orbax writes, and a thread
  takes the digest, while training goes on. Of several processes Orbax makes its own.
  """
  where = pathlib.Path(checkpoints.directory) / str(step)
  needed = sum(leaf.nbytes for leaf in jax.tree.leaves(state))
  checkpoints.wait_until_finished()  # With the one before.
  host = jax.tree.map(whole, state)
  if jax.process_index() == 0:
    host = jax.tree.map(on_host, host)
  if jax.process_count() == 1:
    state = host
  args = ocp.args.Composite(
    state=ocp.args.StandardSave(state),
    record=record.Save(lambda: record_of(host, fingerprints)),
  )
  checkpoints.writes, checkpoints.needed = where, needed
  with faults.writing(where, needed):
    checkpoints.save(step, args=args)


def read(checkpoints, step, target):
  """The state and the record of one step.

  Raises:
    OSError: It cannot be read now, which says nothing of what is in it.
    ValueError: It is damaged.
  """
  args = ocp.args.Composite(
    state=ocp.args.StandardRestore(target), record=record.Restore()
  )
  try:
    restored = checkpoints.restore(step, args=args)
    state, said = restored['state'], restored['record']
    check(state, said)
  except Exception as error:  # Orbax raises whatever its readers raise.
    code = faults.number(error)
    if not code and isinstance(error, jax.errors.JaxRuntimeError):
      raise
    if not code:
      raise ValueError(first_line(error)) from error
    raise OSError(
      code,
      f'this checkpoint cannot be read now ({faults.words(code)}), and nothing '
      'was moved; the same command goes on when it can be read, or from the '
      'checkpoint before it, once this folder is moved away',
      str(checkpoints.directory / str(step)),
    ) from error
  return state, said


def check(state, said):
  """Raises ValueError if a state or its record are not what was written."""
  older = said.keys() == RECORD
  if not older and record_digest(said) != said['record_digest']:
    raise ValueError('its record does not give the digest in it')
  state = jax.tree.map(whole, state)
  if digest(state) != said['digest']:
    raise ValueError('its bytes do not give the digest beside them')
  finite.check(state)  # Earlier versions kept what was not.


def first_line(error):
  """What an error says; its name, if that is nothing."""
  return str(error).split('\n')[0] or type(error).__name__


def restore_latest(checkpoints, target, fingerprints):
  """The newest whole checkpoint, or None where there is none.

  A damaged one is named, moved aside (never deleted) and the one before it is
  taken. One that cannot be read now ends the run, and stays where it is.

  Args:
    checkpoints: From `manager`.
    target: The state's shapes, types and shardings.
    fingerprints: What training is about to go on with, name -> text.

  Returns:
    The state, or None.

  Raises:
    OSError: It cannot be read now.
    ValueError: The checkpoint was made with another fingerprint.
  """
  for step in sorted(checkpoints.all_steps(), reverse=True):
    try:
      state, said = read(checkpoints, step, target)
    except ValueError as error:
      set_aside(checkpoints, step, error)
      continue
    compare(
      said['fingerprints'], fingerprints, checkpoints.directory / str(step)
    )
    return state
  return None


def set_aside(checkpoints, step, error):
  """Renames a damaged checkpoint, so that its step can be written again."""
  damaged = pathlib.Path(checkpoints.directory) / str(step)
  aside = aside_lib.free(damaged.with_name(f'damaged-{step}'))
  logging.warning(
    'checkpoint %s is damaged (%s): moved to %s; the one before it is used, if '
    'there is one',
    damaged, error, aside.name,
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


def read_snapshot(directory, step, target, *, artifact):
  """The parameters of one step of what was trained in a folder `artifact`.

  Raises:
    OSError: They cannot be read now.
    ValueError: They are damaged or gone.
  """
  with manager(directory, keep=None) as snapshots:
    try:
      return read(snapshots, step, {'params': target})[0]['params']
    except ValueError as error:
      raise ValueError(
        f'snapshot {snapshots.directory / str(step)} is damaged or gone '
        f'({error}); move {artifact} away to train it again'
      ) from error


def compare(saved, wanted, where):
  """Raises ValueError naming the first fingerprint that differs.

  One that an older checkpoint has not is not asked for.
  """
  for name, value in wanted.items():
    if name in saved and saved[name] != value:
      raise ValueError(
        f'checkpoint {where} was trained with another {name} '
        f'({saved[name]!r}, now {value!r}); use another --workdir'
      )
