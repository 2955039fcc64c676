import errno
import json
import logging
import pathlib
import resource

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import step as step_lib

PRINTS = {'data': 'abc', 'seed': '0'}


quietly = pytest.mark.filterwarnings(
  'ignore::pytest.PytestUnraisableExceptionWarning'
)
"""TensorStore tells a loop that is closed of what failed."""


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


def record_of(directory, step):
  return directory / str(step) / 'record' / 'metadata'


def test_no_flipped_bit_of_a_record_is_believed(tmp_path):
  saved(tmp_path, 10)
  text, state = record_of(tmp_path, 10).read_bytes(), state_at(10)
  good, seen = json.loads(text), 0
  checkpoint.check(state, good)
  for i in range(len(text)):
    for bit in (0, 3, 6):
      flipped = bytearray(text)
      flipped[i] ^= 1 << bit
      try:
        checkpoint.check(state, json.loads(flipped))
      except Exception:  # As `read` has it: whatever makes no sense.
        seen += 1
      else:  # A blank between two words.
        assert json.loads(flipped) == good
  assert seen > 2.9 * len(text)


def test_a_flipped_fingerprint_is_damage_and_not_other_data(tmp_path, caplog):
  saved(tmp_path, 10, 20)
  record = record_of(tmp_path, 20)
  record.write_text(record.read_text().replace('"abc"', '"abb"'))
  with caplog.at_level(logging.WARNING, logger='absl'):
    assert int(restored(tmp_path).step) == 10
  assert f'{tmp_path}/20 is damaged (its record does not' in caplog.text


def test_a_record_of_an_older_version_is_still_read(tmp_path):
  saved(tmp_path, 10)
  record = record_of(tmp_path, 10)
  older = json.loads(record.read_text())
  del older['record_digest']
  record.write_text(json.dumps(older))
  assert int(restored(tmp_path).step) == 10
  with pytest.raises(ValueError, match='with another seed'):
    restored(tmp_path, PRINTS | {'seed': '1'})
  assert int(restored(tmp_path, PRINTS | {'younger': '1'}).step) == 10


@quietly
def test_what_cannot_be_read_now_is_left_as_it_is(tmp_path):
  """A link to itself gives an error of reading that TensorStore wraps."""
  saved(tmp_path, 10, 20)
  files = [p for p in (tmp_path / '20' / 'state').glob('**/d/*') if p.is_file()]
  victim = max(files, key=lambda p: p.stat().st_size)
  victim.rename(tmp_path / 'kept')
  victim.symlink_to(victim.name)
  with pytest.raises(OSError) as told:
    restored(tmp_path)
  assert told.value.errno == errno.ELOOP
  assert told.value.filename == f'{tmp_path}/20'
  assert 'nothing was moved' in told.value.strerror
  assert not [*tmp_path.glob('damaged*')]
  victim.unlink()
  (tmp_path / 'kept').rename(victim)
  assert int(restored(tmp_path).step) == 20
  (tmp_path / '20').rename(tmp_path / 'elsewhere')  # The other advice.
  assert int(restored(tmp_path).step) == 10


def wrapped(code):
  """An error of TensorStore, as Orbax raises it."""
  error = Exception('Encountered error while reading array index')
  error.__cause__ = ValueError(f"UNKNOWN: Failed [os_error_code='{code}']")
  return error


@pytest.mark.parametrize(
  ('error', 'words'),
  [
    (OSError(errno.EIO, 'Input/output error'), 'Input/output error'),
    (OSError(errno.ESTALE, 'x'), 'Stale file handle'),
    (PermissionError(errno.EACCES, 'x'), 'Permission denied'),
    (wrapped(errno.EMFILE), 'Too many open files'),
    (MemoryError(), 'out of memory'),
    (jax.errors.JaxRuntimeError('RESOURCE_EXHAUSTED: 9 bytes'), 'out of memory'),
    (TimeoutError(), 'Connection timed out'),
    (FileNotFoundError(errno.ENOENT, 'x'), ''),
    (wrapped(errno.EISDIR), ''),
    (OSError('a file of no format'), ''),
    (KeyError('state'), ''),
  ],
)  # fmt: skip
def test_only_content_is_damage(tmp_path, monkeypatch, error, words):
  def fails(*args, **kwargs):
    raise error

  with checkpoint.manager(tmp_path) as checkpoints:
    monkeypatch.setattr(checkpoint.ocp.CheckpointManager, 'restore', fails)
    with pytest.raises(OSError if words else ValueError) as told:
      checkpoint.read(checkpoints, 10, shapes())
  assert not words or f'read now ({words})' in told.value.strerror


def test_another_error_of_xla_is_no_damage(tmp_path, monkeypatch):
  def fails(*args, **kwargs):
    raise jax.errors.JaxRuntimeError('INTERNAL: of a device')

  with checkpoint.manager(tmp_path) as checkpoints:
    monkeypatch.setattr(checkpoint.ocp.CheckpointManager, 'restore', fails)
    with pytest.raises(jax.errors.JaxRuntimeError):
      checkpoint.read(checkpoints, 10, shapes())


@quietly
def test_a_checkpoint_that_finds_no_room_is_named_and_none_is_lost(tmp_path):
  large = {'w': np.random.default_rng(0).normal(size=300_000)}
  saved(tmp_path, 10)
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
  try:
    with pytest.raises(OSError) as told:
      with checkpoint.manager(tmp_path) as checkpoints:
        checkpoint.save(checkpoints, 20, large, PRINTS)
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
  assert told.value.errno == errno.EFBIG
  assert told.value.filename == f'{tmp_path}/20'
  assert told.value.needed == 2_400_000
  assert int(restored(tmp_path).step) == 10
  saved(tmp_path, 20)
  assert int(restored(tmp_path).step) == 20
