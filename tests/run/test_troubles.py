"""What is said of a disk that is full, of one that fails, and of no memory."""

import errno
import logging
import re
import resource
import subprocess
import sys
import threading

import numpy as np
import pytest

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.run import room
from prune_dm_jax.run import troubles
from prune_dm_jax.training import log


@pytest.fixture(autouse=True)
def hooks(monkeypatch):
  """Those that a program which ends replaces."""
  monkeypatch.setattr(sys, 'unraisablehook', sys.unraisablehook)
  monkeypatch.setattr(threading, 'excepthook', threading.excepthook)


def told(program):
  """The sentence with which a program ends, of which there is one line."""
  with pytest.raises(SystemExit) as end:
    command_line.plainly(program)
  sentence = end.value.code
  assert sentence.startswith('prune_dm_jax: ') and '\n' not in sentence
  return sentence


def fails(error):
  def save(path):
    raise error

  return save


@pytest.mark.parametrize('code', [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_names_the_file_what_is_free_and_what_would_do(tmp_path, code):
  error = OSError(code, 'No room')  # As a write gives it: it names no file.
  sentence = told(lambda: artifacts.write(tmp_path / 'a.npy', fails(error)))
  assert f'{tmp_path}/a.partial.npy: No room (' in sentence
  assert re.search('[0-9,]+ bytes are free', sentence)
  assert 'the same command goes on when' in sentence


def test_what_was_to_be_written_is_said_where_it_is_known(tmp_path):
  error = OSError(errno.ENOSPC, 'No room', str(tmp_path / '20'))
  error.needed = 1234567
  assert '1,234,567 bytes are to be written and ' in troubles.sentence(error)


def test_an_array_that_is_written_in_part_is_a_full_disk(tmp_path):
  array = np.zeros(2**18)
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
  try:
    sentence = told(lambda: artifacts.write_array(tmp_path / 'a.npy', array))
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
  assert f'{tmp_path}/a.partial.npy: ' in sentence
  assert 'the same command goes on when ' in sentence
  assert not (tmp_path / 'a.npy').exists()
  artifacts.write_array(tmp_path / 'a.npy', array)


def test_room_for_rows_is_taken_before_they_are_filled_in(
  tmp_path, monkeypatch
):
  """Else a full disk ends the program by a signal, and without a word."""
  room.reserved(tmp_path / 'a.npy', (3, 5000), np.float32)[:] = 1
  assert (np.load(tmp_path / 'a.npy') == 1).all()
  assert 512 * (tmp_path / 'a.npy').stat().st_blocks >= 60_000

  def full(*given):
    raise OSError(errno.ENOSPC, 'No space left on device')

  monkeypatch.setattr(room.os, 'posix_fallocate', full)
  make = lambda: room.reserved(tmp_path / 'b.npy', (3, 5000), np.float32)
  sentence = told(make)
  assert f'{tmp_path}/b.npy: No space left on device (60,128' in sentence


def test_a_line_of_metrics_that_finds_no_room_names_its_file(
  tmp_path, monkeypatch
):
  class Full:
    __enter__ = lambda self: self
    __exit__ = lambda self, *given: None

    def write(self, text):
      raise OSError(errno.ENOSPC, 'No space left on device')

  monkeypatch.setattr(log, 'open', lambda *given: Full(), raising=False)
  sentence = told(lambda: log.append(tmp_path / 'metrics.jsonl', {'step': 1}))
  assert f'{tmp_path}/metrics.jsonl: No space left on device (' in sentence


@pytest.mark.parametrize(
  'error',
  [
    *(
      OSError(code, 'Gone')
      for code in (errno.EIO, errno.ENOTCONN, errno.EREMOTEIO)
    ),
    MemoryError('much'),
  ],
)
def test_what_may_pass_is_one_sentence_that_says_so(tmp_path, error):
  def read(path):
    raise error

  path = tmp_path / 'a.json'
  path.write_text('{}')
  sentence = told(lambda: artifacts.write(path, lambda part: read(path)))
  assert f'{tmp_path}/a.partial.json: ' in sentence
  assert 'the same command goes on when that is over' in sentence


@pytest.mark.parametrize(
  'defect', [KeyError('a'), OSError('of no number'), RuntimeError('a')]
)
def test_of_a_defect_the_traceback_is_wanted(defect):
  with pytest.raises(type(defect)):
    command_line.plainly(lambda: fails(defect)(''))


def test_what_threads_say_of_a_full_disk_is_said_once():
  def line(error, path='/site-packages/orbax/future.py'):
    info = (type(error), error, None)
    return logging.LogRecord('absl', logging.ERROR, path, 1, 'a', (), info)

  full = ValueError("RESOURCE_EXHAUSTED [os_error_code='28']")
  assert not command_line.is_worth_a_line(line(full))
  assert command_line.is_worth_a_line(line(ValueError('of another kind')))
  assert command_line.is_worth_a_line(line(full, command_line.__file__))


AFTERMATH = """
from prune_dm_jax.run import command_line
async def fragment(): pass
command_line.speak_plainly()
command_line.say_nothing_more()
left = fragment()
command_line.refuse('full')
"""


def test_what_was_never_awaited_is_not_said_after_the_last_sentence():
  program = [sys.executable, '-c', AFTERMATH]
  process = subprocess.run(program, capture_output=True, text=True)
  assert (process.returncode, process.stderr) == (1, 'prune_dm_jax: full\n')
