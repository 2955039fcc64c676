"""A signal ends a program soon, with a line and a code, and nothing is lost."""

import itertools
import os
import pathlib
import signal
import subprocess
import sys
import time
import types

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.run import interrupt
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

ROOT = pathlib.Path(__file__).parents[2]
AND = 'the same command goes on\n'


def noisy(params, extra, batch, keys):
  noise = jax.vmap(jax.random.normal)(keys)
  return jnp.square(params - batch['x'] - noise), ()


def tell(number, at):
  """Batches, in the midst of one of which the program is told to end."""

  def batches(start):
    for i in itertools.count(start):
      if i == at:
        os.kill(os.getpid(), number)
      yield {'x': np.arange(4.0) + i}

  return batches


def fit(directory, batches, told=lambda: False):
  mesh, key, optimizer = (
    step_lib.data_mesh(),
    jax.random.key(0),
    optax.adam(0.1),
  )
  init = lambda key: (jnp.zeros(()), ())
  return loop.fit(
    step_lib.train_step(noisy, optimizer, mesh=mesh, ema_decay=0.5),
    lambda: step_lib.create(init, optimizer, key, mesh), batches, key=key,
    mesh=mesh, directory=directory, name='test', num_steps=8, log_every=2,
    checkpoint_every=50, fingerprints={}, told=told,
  )  # fmt: skip


@pytest.fixture
def listening(monkeypatch):
  """As in a program at work, but that a second signal does nothing."""
  state = types.SimpleNamespace(**vars(interrupt.state) | {'at_work': True})
  monkeypatch.setattr(interrupt, 'state', state)
  before = {n: signal.signal(n, interrupt.heard) for n in interrupt.SIGNALS}
  yield
  for number, handler in before.items():
    signal.signal(number, handler)


@pytest.fixture(scope='module')
def alone(tmp_path_factory):
  """The digest of a training that was left alone."""
  return checkpoint.digest(fit(tmp_path_factory.mktemp('a'), tell(0, -1)))


@pytest.mark.parametrize('number', interrupt.SIGNALS)
def test_training_saves_the_step_it_is_in_and_goes_on_to_equal_bits(
  tmp_path, listening, alone, number
):
  with pytest.raises(interrupt.Told, match='test at step 4'):
    with interrupt.training() as told:
      fit(tmp_path, tell(number, 3), told)
  assert interrupt.sentence('here') == (
    f'stopped by {number.name}, here; the same command goes on'
  )
  assert [p.name for p in (tmp_path / 'checkpoints').iterdir()] == ['4']
  assert checkpoint.digest(fit(tmp_path, tell(0, -1))) == alone


def test_before_the_first_step_is_done_training_is_broken_off(
  tmp_path, listening
):
  with pytest.raises(interrupt.Told):
    with interrupt.training() as told:
      fit(tmp_path, tell(signal.SIGTERM, 0), told)
  assert list((tmp_path / 'checkpoints').iterdir()) == []


def program(*lines, ignored=()):
  """A program at work, which has said that it is."""
  text = [
    'import contextlib, hashlib, signal, time',
    'for number in (signal.SIGINT, signal.SIGHUP):',
    '  signal.signal(number, signal.SIG_DFL)  # A background job has not.',
    *[f'signal.signal({int(n)}, signal.SIG_IGN)' for n in ignored],
    'from prune_dm_jax.run import interrupt', 'interrupt.listen()', *lines,
  ]  # fmt: skip
  process = subprocess.Popen(
    [sys.executable, '-c', '\n'.join(text)], cwd=ROOT, text=True,
    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
  )  # fmt: skip
  process.stdout.readline()
  return process


def ended(process, *numbers):
  """Exit code, what was said, and seconds, after signals in a row."""
  began = time.monotonic()
  for number in numbers:
    process.send_signal(number)
    time.sleep(0.3)
  _, said = process.communicate(timeout=60)
  return process.returncode, said, time.monotonic() - began


WORK = 'print("at work", flush=True); time.sleep(60)'


@pytest.mark.parametrize('number', [signal.SIGINT, *interrupt.SIGNALS])
def test_while_it_imports_a_program_ends_at_once(number):
  code, said, seconds = ended(program(WORK), number)
  assert seconds < 3
  if number == signal.SIGINT:
    assert (code, said) == (130, f'prune_dm_jax: stopped; {AND}')
  else:
    assert code == 75
    assert said == f'prune_dm_jax: stopped by {number.name}; {AND}'


NATIVE = (
  'import threading',
  'interrupt.state.at_work = True',
  'says = lambda: print("at work", flush=True)',
  'threading.Timer(1, says).start()  # By when it is in what follows.',
  'hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # As XLA, it hears none.',
)


def test_what_hears_no_signal_is_left_within_five_seconds():
  both = [program(*NATIVE) for _ in range(2)]
  both[1].send_signal(signal.SIGINT)
  code, said, seconds = ended(both[0], signal.SIGTERM)
  assert (code, said) == (75, f'prune_dm_jax: stopped by SIGTERM; {AND}')
  assert 3 < seconds < 6
  code, said, _ = ended(both[1])
  assert (code, said) == (130, f'prune_dm_jax: stopped; {AND}')


DESTRUCTOR = 'class Work: __del__ = work'
CLASS_BODY = """
def Work():
  type('Body', (), {'part': type('Part', (), {'__set_name__': work})()})
"""


@pytest.mark.parametrize('where', [DESTRUCTOR, CLASS_BODY])
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_what_python_swallows_or_wraps_is_heeded_without_a_traceback(
  where, number
):
  code, said, seconds = ended(
    program(
      'from prune_dm_jax.run import command_line',
      'command_line.speak_plainly()', f'def work(*given): {WORK}', where,
      'command_line.plainly(Work)',
    ),
    number,
  )  # fmt: skip
  assert code == interrupt.code_of(number) and seconds < 3
  assert said.startswith('prune_dm_jax: stopped') and said.count('\n') == 1


KEEPS = (
  'interrupt.state.at_work = True',
  'with interrupt.kept():',
  '  print("at work", flush=True)',
  '  while True: time.sleep(0.1)  # It saves, and takes its time.',
)


def test_a_second_signal_leaves_at_once_whatever_is_saved():
  code, said, seconds = ended(program(*KEEPS), signal.SIGUSR1, signal.SIGTERM)
  assert code == 143 and seconds < 3
  assert said == f'prune_dm_jax: left at once, at SIGTERM; {AND}'


def test_what_is_ignored_stays_ignored_as_nohup_has_it():
  process = program(
    'print("at work", flush=True); time.sleep(1)', ignored=[signal.SIGHUP]
  )
  assert ended(process, signal.SIGHUP)[:2] == (0, '')


def test_what_is_done_ends_as_done_whatever_it_is_told_then():
  wait = 'atexit.register(lambda: (print(flush=True), time.sleep(1)))'
  process = program(f'import atexit; {wait}; interrupt.finished()')
  assert ended(process, *interrupt.SIGNALS)[:2] == (0, '')


WORKERS = """
import numpy as np
from prune_dm_jax.data import loader
import multiprocessing, sys
def read(indices):
  return {'x': indices}
if __name__ == '__main__':
  from absl import flags
  flags.FLAGS(sys.argv[:1])
  found = loader.ahead(read, [np.arange(4)] * 9, workers=1)
  next(found)
  print(*[p.pid for p in multiprocessing.active_children()], flush=True)
  sys.stdin.read()
"""


@pytest.mark.slow
def test_workers_ignore_signals_and_end_with_whom_they_read_for(tmp_path):
  file = tmp_path / 'reads.py'
  file.write_text(WORKERS)
  process = subprocess.Popen(
    [sys.executable, str(file)], env=os.environ | {'PYTHONPATH': str(ROOT)},
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
  )  # fmt: skip
  workers = [int(pid) for pid in process.stdout.readline().split()]
  assert workers
  for number in (signal.SIGINT, *interrupt.SIGNALS):
    os.kill(workers[0], number)
  time.sleep(0.5)
  there = lambda pid: pathlib.Path(f'/proc/{pid}/cmdline').exists()
  assert all(map(there, workers))
  process.kill()
  assert process.wait() == -signal.SIGKILL
  deadline = time.monotonic() + 10
  while any(map(there, workers)):
    assert time.monotonic() < deadline
    time.sleep(0.1)
  assert b'Traceback' not in process.stderr.read()
