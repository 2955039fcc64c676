"""What stages say, on a terminal and in a file."""

import contextlib
import fcntl
import os
import pathlib
import re
import struct
import subprocess
import sys
import termios

import pytest

from prune_dm_jax.run import progress

ROOT = pathlib.Path(__file__).parents[2]
PREAMBLE = """
import logging as std_logging, sys, time
from absl import flags, logging
from prune_dm_jax.run import progress
flags.FLAGS.mark_as_parsed()
logging.use_absl_handler()
logging.set_verbosity(logging.INFO)
handler = logging.get_absl_handler().python_handler
handler.setFormatter(std_logging.Formatter('| %(message)s'))
progress.SLOW, progress.SILENCE = 0.1, 0.4
progress.speak()
"""


def in_file(program):
  """All that a program says, where stderr is a pipe."""
  return subprocess.run(
    [sys.executable, '-c', PREAMBLE + program],
    cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
  ).stderr  # fmt: skip


def on_terminal(program):
  """All that a program says, where stderr is a terminal of 100 columns."""
  ours, its = os.openpty()
  fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
  command = [sys.executable, '-c', PREAMBLE + program]
  with subprocess.Popen(command, cwd=ROOT, stderr=its) as process:
    os.close(its)
    said = b''
    with contextlib.suppress(OSError):  # Raised where the program ends.
      while some := os.read(ours, 10_000):
        said += some
    process.wait()
  os.close(ours)
  return said.decode().replace('\r\n', '\n')


def rows(said):
  """What is on the screen in the end: later characters cover earlier ones."""
  screen = []
  for line in said.split('\n'):
    row = ''
    for part in line.split('\r'):
      row = part + row[len(part) :]
    screen.append(row.rstrip())
  return [row for row in screen if row]


@pytest.fixture
def lines(caplog):
  """The plain lines that are said in this process."""
  caplog.set_level('INFO', logger='absl')
  return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def clock(monkeypatch):
  """Seconds that pass only when they are told to, from the last line on."""
  seconds = [100.0]
  monkeypatch.setattr(progress.time, 'monotonic', lambda: seconds[0])
  monkeypatch.setattr(progress.state, 'spoke', 100.0)
  return seconds


def test_on_a_terminal_one_line_moves_and_says_how_far():
  said = on_terminal("""
say = progress.counter('rows', 40)
say(0)
for done in (10, 20, 30):
  time.sleep(0.3)
  say(done, f'loss {done / 100}')
say(40)
""")
  assert '\x1b' not in said and said.count('\n') == 0
  for done in (10, 20):
    pattern = rf'rows: +\d+%\|.*\| {done} of 40, +[23]\d\.\d\d/s, 00:0\d left'
    moves = [m for m in said.split('\r') if re.match(pattern, m)]
    assert moves and f'loss {done / 100}' in moves[-1]
  assert rows(said) == []


def test_log_lines_are_whole_lines_above_the_moving_one():
  said = on_terminal("""
say = progress.counter('dit', 4)
say(1)
logging.info('a line')
logging.info('another')
say(2)
time.sleep(0.3)
""")
  above = rows(said)
  assert above[:2] == ['| a line', '| another']
  assert re.match(r'dit: +50%.*2 of 4', above[2])


def test_on_a_terminal_what_cannot_say_how_far_it_is_shows_its_seconds():
  said = on_terminal("""
with progress.doing('k-means'):
  time.sleep(1.6)
""")
  assert {'k-means: 0 s', 'k-means: 1 s'} <= {
    part.strip() for part in said.split('\r')
  }
  assert rows(said) == []


def test_an_error_begins_a_line_of_its_own():
  said = on_terminal("""
with progress.doing('k-means'):
  time.sleep(0.3)
  progress.counter('rows', 4)(1)
  time.sleep(0.3)
  sys.exit('a sentence')
""")
  assert rows(said) == ['a sentence'] and '1 of 4' in said


def test_processes_that_only_warn_say_nothing():
  program = """
logging.set_verbosity(logging.WARNING)
with progress.doing('k-means'):
  progress.counter('rows', 4)(1)
  time.sleep(0.6)
"""
  assert on_terminal(program) == in_file(program) == ''


def test_in_a_file_each_silence_is_ended_and_nothing_moves():
  said = in_file("""
with progress.doing('data', patience=0.4):
  with progress.doing('k-means', patience=0.4):
    time.sleep(1.1)
  for _ in range(8):
    time.sleep(0.1)
    logging.info('a line')
""")
  assert '\r' not in said and '\x1b' not in said
  silent = [line for line in said.splitlines() if line != '| a line']
  assert 1 <= len(silent) <= 3
  assert all(re.fullmatch(r'\| k-means, for \d s so far', s) for s in silent)


def test_what_compiles_for_long_is_said_before_and_after_once():
  said = in_file("""
call = progress.compiling('dit', lambda x, *, y: time.sleep(x) or y)
assert [call(0.3, y=i) for i in range(2)] == [0, 1]
""")
  before, after = said.splitlines()
  assert before.startswith('| dit: XLA compiles')
  assert re.fullmatch(r'\| dit: compiled in 0\.[3-9] s', after)


def test_what_compiles_soon_or_fails_has_no_line(lines):
  call = progress.compiling('dit', lambda x: 1 / x)
  with pytest.raises(ZeroDivisionError):
    call(0)
  assert call(2) == call(2) == 0.5
  assert lines() == [] and progress.stack == []


def test_plain_lines_are_seconds_apart(lines, clock):
  say = progress.counter('rows', 100)
  say(0)
  for clock[0] in range(101, 121):
    say(5 * (clock[0] - 100))
    if lines():
      progress.state.spoke = 5 * (clock[0] // 5)
  assert lines() == [
    'rows: 25 of 100, 5.0 a second, 0:15 left',
    'rows: 50 of 100, 5.0 a second, 0:10 left',
    'rows: 75 of 100, 5.0 a second, 0:05 left',
  ]


def test_what_was_done_before_or_compiled_has_no_rate(lines, clock):
  say = progress.counter('dit', 1000, unit='step ')
  clock[0] += 30.0
  say(600, 'loss 1', line=True)
  clock[0] += 5.0
  say(700, 'loss 0.5', line=True)
  assert lines() == [
    'dit: step 600 of 1000, loss 1, 0.0 a second, ? left',
    'dit: step 700 of 1000, loss 0.5, 20.0 a second, 0:15 left',
  ]


@pytest.mark.parametrize(
  ('seconds', 'text'), [(9.9, '0:09'), (187, '3:07'), (7387, '2:03:07')]
)
def test_a_clock_has_hours_when_there_are_any(seconds, text):
  assert progress.clock(seconds) == text
