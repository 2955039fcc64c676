import logging
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import step as step_lib

PRINTS = {'data': 'abc', 'seed': '0'}


def state_at(step):
  value = jnp.arange(1000.0) + step
  return step_lib.State(jnp.int32(step), {'w': value}, {'w': -value}, (), ())


def saved(directory, *steps):
  with checkpoint.manager(directory) as checkpoints:
    for step in steps:
      checkpoint.save(checkpoints, step, state_at(step), PRINTS)


def restored(directory, prints=PRINTS):
  with checkpoint.manager(directory) as checkpoints:
    return checkpoint.restore_latest(checkpoints, shapes(), prints)


def shapes():
  return step_lib.shapes(lambda: state_at(0), step_lib.data_mesh())


def damage(folder, how):
  """Damages the largest file of a checkpoint; returns what was done."""
  files = [p for p in pathlib.Path(folder).rglob('*') if p.is_file()]
  victim = max(files, key=lambda p: p.stat().st_size)
  content = bytearray(victim.read_bytes())
  if how == 'flip':
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
  elif how == 'cut':
    victim.write_bytes(content[: len(content) // 2])
  else:
    victim.unlink()


def test_a_state_comes_back_to_the_bit(tmp_path):
  saved(tmp_path, 10, 20)
  assert checkpoint.digest(restored(tmp_path)) == checkpoint.digest(
    state_at(20)
  )


def test_without_a_checkpoint_there_is_nothing_to_restore(tmp_path):
  assert restored(tmp_path) is None


@pytest.mark.parametrize('how', ['flip', 'cut', 'remove'])
def test_a_damaged_one_is_named_and_the_one_before_is_used(
  tmp_path, caplog, how
):
  saved(tmp_path, 10, 20)
  damage(tmp_path / '20', how)
  with caplog.at_level(logging.WARNING, logger='absl'):
    state = restored(tmp_path)
  assert checkpoint.digest(state) == checkpoint.digest(state_at(10))
  assert f'{tmp_path}/20 is damaged' in caplog.text
  assert (tmp_path / 'damaged-20').is_dir()  # Moved aside, never deleted.


def test_a_damaged_step_can_be_written_again(tmp_path):
  saved(tmp_path, 10, 20)
  damage(tmp_path / '20', 'flip')
  with checkpoint.manager(tmp_path) as checkpoints:
    checkpoint.restore_latest(checkpoints, shapes(), PRINTS)
    checkpoint.save(checkpoints, 20, state_at(20), PRINTS)
  assert int(restored(tmp_path).step) == 20


@pytest.mark.parametrize('name', PRINTS)
def test_another_fingerprint_is_refused_by_name(tmp_path, name):
  saved(tmp_path, 10)
  with pytest.raises(ValueError, match=f'was trained with another {name}'):
    restored(tmp_path, PRINTS | {name: 'other'})
  assert int(restored(tmp_path).step) == 10  # Nothing was harmed.


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
