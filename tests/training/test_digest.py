"""The digest of a state: taken while it is written, and always the same."""

import hashlib
import threading
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_checkpoint import PRINTS
from test_checkpoint import quietly
from test_checkpoint import restored
from test_checkpoint import saved
from test_checkpoint import shapes
from test_checkpoint import state_at

from prune_dm_jax.training import checkpoint


def test_the_digest_is_of_what_was_given_though_it_is_gone_meanwhile(
  tmp_path, monkeypatch
):
  """And no checkpoint is there until its record is."""
  digest, may_end = checkpoint.digest, threading.Event()

  def late(state):
    assert threading.current_thread() is not threading.main_thread()
    assert may_end.wait(60)
    return digest(state)

  state = jax.tree.map(jnp.asarray, state_at(20))
  expected = digest(state)
  saved(tmp_path, 10)
  with checkpoint.manager(tmp_path) as checkpoints:
    monkeypatch.setattr(checkpoint, 'digest', late)
    checkpoint.save(checkpoints, 20, state, PRINTS)
    jax.tree.map(lambda leaf: leaf.delete(), state)
    time.sleep(0.2)  # In which all the rest would be written.
    assert not (tmp_path / '20').exists()
    may_end.set()
    checkpoints.wait_until_finished()
    monkeypatch.undo()
    _, said = checkpoint.read(checkpoints, 20, shapes())
  assert said['digest'] == expected


@quietly
def test_without_its_digest_no_checkpoint_counts(tmp_path, monkeypatch):
  def fails(state):
    raise MemoryError

  saved(tmp_path, 10)
  monkeypatch.setattr(checkpoint, 'digest', fails)
  with pytest.raises(MemoryError):
    saved(tmp_path, 20)
  monkeypatch.undo()
  assert not (tmp_path / '20').exists()
  assert int(restored(tmp_path).step) == 10


def test_the_digest_sees_names_types_shapes_and_bits():
  base = np.arange(4, dtype=np.float32)
  states = [
    {'a': base},
    {'b': base},
    {'a': base.astype(np.int32)},
    {'a': base.reshape(2, 2)},
    {'a': np.nextafter(base, 9, dtype=np.float32)},
  ]
  assert len({checkpoint.digest(s) for s in states}) == 5
  assert checkpoint.digest({'a': jax.device_put(base)}) == checkpoint.digest(
    {'a': base}
  )


def test_the_digest_is_the_one_of_older_checkpoints():
  """A change of it would take every older checkpoint for damaged."""
  state = {
    'a': np.arange(6, dtype=np.float32).reshape(2, 3).T,
    'b': jnp.bfloat16(1.5),
    'c': np.zeros((0, 2), np.int32),
  }
  sha = hashlib.sha256()
  sha.update(b"['a'] float32 (3, 2)" + state['a'].tobytes())
  sha.update(b"['b'] bfloat16 ()" + b'\xc0\x3f' + b"['c'] int32 (0, 2)")
  assert checkpoint.digest(state) == sha.hexdigest()
