"""Several processes end together, and say who of them is missing."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from prune_dm_jax.run import interrupt
from prune_dm_jax.run import peers

ROOT = pathlib.Path(__file__).parents[2]


class Table(dict):
  """The coordinator's, as its clients see it."""

  def key_value_set(self, key, value, allow_overwrite):
    del allow_overwrite
    self[key] = value

  def key_value_dir_get(self, key):
    del key
    return list(self.items())


class Left(Exception):
  pass


@pytest.fixture
def two(monkeypatch):
  """Two processes that exchange what they know when the test says so."""
  monkeypatch.setattr(peers.Peers, 'keep', lambda self: None)
  monkeypatch.setattr(interrupt.state, 'number', 0)

  def leave(code, said):
    raise Left(code, said)

  monkeypatch.setattr(interrupt, 'leave', leave)
  table = Table()
  return [peers.Peers(table, i, 2, 60) for i in range(2)]


def exchanged(two):
  for _ in range(3):
    for one in two:
      one.exchange()
      one.end_together()


def test_they_save_after_the_first_step_that_none_has_begun(two):
  for _ in range(5):
    assert not two[0].told()
  for _ in range(7):
    assert not two[1].told()
  interrupt.state.number = signal.SIGTERM
  exchanged(two)
  assert [two[0].told() for _ in range(3)] == [False, False, True]
  assert two[1].told()


def test_where_none_trains_they_end_at_once(two):
  for one in two:
    assert not one.told()
    one.trained()
  interrupt.state.number = signal.SIGTERM
  with pytest.raises(Left, match='75.*stopped by SIGTERM'):
    exchanged(two)


def test_one_that_trains_is_waited_for_by_one_that_begins_to(two):
  assert not two[0].told()
  interrupt.state.number = signal.SIGUSR1
  exchanged(two)
  assert [two[1].told() for _ in range(2)] == [False, True]
  assert two[0].told()


def test_one_that_is_silent_for_too_long_is_named(two):
  exchanged(two)
  two[0].heard[1] = time.monotonic() - 59
  two[0].look_for_silence()
  two[0].heard[1] = time.monotonic() - 61
  with pytest.raises(Left, match='75.*process 1 is missing'):
    two[0].look_for_silence()


TRAINED = str(ROOT / 'tests/run/trained.py')


def free_port():
  with socket.socket() as taken:
    taken.bind(('127.0.0.1', 0))
    return taken.getsockname()[1]


def one(folder, port, who, *options, how=(TRAINED,)):
  """One of two processes that train."""
  command = [
    sys.executable, *how, str(folder), f'--coordinator=127.0.0.1:{port}',
    '--num_processes=2', '--lost_after=10', *options, f'--process_id={who}',
  ]  # fmt: skip
  environment = os.environ | {'XLA_FLAGS': '', 'PYTHONPATH': str(ROOT)}
  return subprocess.Popen(
    command, env=environment, text=True, stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
  )  # fmt: skip


def start(folder, *options):
  port = free_port()
  return [one(folder, port, who, *options) for who in range(2)]


def until(process, word):
  while word not in (line := process.stdout.readline()):
    assert line, process.stderr.read()


def ended(processes):
  """Exit code, last line of stdout and all of stderr of each."""
  found = [(*p.communicate(timeout=120), p.returncode) for p in processes]
  return [(code, out.splitlines()[-1:], err) for out, err, code in found]


def trained(folder):
  (code, out, _), (other, same, _) = ended(start(folder, '--pace=0'))
  assert code == other == 0 and out == same and out[0].startswith('trained ')
  return out


@pytest.mark.slow
@pytest.mark.parametrize('who', [0, 1])
def test_if_one_is_told_to_end_both_save_the_same_step(tmp_path, who):
  both = start(tmp_path / 'told')
  until(both[who], 'step 5')
  both[who].send_signal(signal.SIGUSR2)
  found = ended(both)
  assert [code for code, _, _ in found] == [75, 75]
  assert found[0][1] == found[1][1]
  step = found[0][1][0].split()[1]
  for _, _, said in found:
    assert said == (
      f'prune_dm_jax: stopped by SIGUSR2, test at step {step}; the same command '
      'goes on\n'
    )
  (kept,) = (tmp_path / 'told' / 'checkpoints').iterdir()
  assert kept.name == step
  assert trained(tmp_path / 'told') == trained(tmp_path / 'alone')


@pytest.mark.slow
@pytest.mark.parametrize('options', [(), ('--stay',)])
@pytest.mark.parametrize('who', [0, 1])
def test_if_one_dies_the_other_names_it_and_ends(tmp_path, who, options):
  both = start(tmp_path / 'died', *options)
  until(both[who], 'trained' if options else 'step 5')
  both[who].kill()
  began = time.monotonic()
  code, _, said = ended(both)[1 - who]
  print(f'process {who} died, {options}: {time.monotonic() - began:.1f} s')
  assert code == 75 and time.monotonic() - began < 10 + 5
  assert said == f'prune_dm_jax: {peers.missing(who)}\n'
  assert trained(tmp_path / 'died') == trained(tmp_path / 'alone')


SOONER = """
import runpy, sys
from prune_dm_jax.run import processes
processes.MEET = -4
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
"""


@pytest.mark.slow
@pytest.mark.parametrize('who', [0, 1])
def test_one_whom_the_other_never_meets_ends_and_says_so(tmp_path, who):
  alone = one(tmp_path, free_port(), who, how=('-c', SOONER, TRAINED))
  ((code, _, said),) = ended([alone])
  assert code == 75 and said == f'prune_dm_jax: {peers.never_met(6)}\n'


@pytest.mark.slow
def test_where_none_trains_both_end_at_once(tmp_path):
  both = start(tmp_path, '--stay', '--pace=0')
  until(both[1], 'trained')
  time.sleep(1)
  both[1].send_signal(signal.SIGTERM)
  for code, _, said in ended(both):
    assert code == 75
    assert (
      said == 'prune_dm_jax: stopped by SIGTERM; the same command goes on\n'
    )
