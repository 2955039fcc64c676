"""Proof: told to end at any moment, the same command ends with the same bits.

A row is printed for each signal: what it was at, how long it took to end, and
how much it said.
"""

import hashlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[2]

HEED = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGHUP):
  signal.signal(number, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""A background job, as a test may be, ignores them; this does not."""
CODES = {
  signal.SIGTERM: 75,
  signal.SIGUSR1: 75,
  signal.SIGUSR2: 75,
  signal.SIGHUP: 75,
  signal.SIGINT: 130,
}

MADE = ('kept.txt', 'metrics.json', 'samples/images.npy', 'nearest.json')


def start(workdir, log):
  command = [
    sys.executable, '-c', HEED, '-m', 'prune_dm_jax.main',
    f'--workdir={workdir}',
    '--config=configs/digits_quick.py:cluster_classifier',
  ]  # fmt: skip
  environment = os.environ | {
    'XLA_FLAGS': '',
    'JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS': '0.3',
  }
  with open(log, 'w') as file:
    return subprocess.Popen(
      command, cwd=ROOT, env=environment, stderr=file, start_new_session=True
    )


def made(workdir):
  """name -> digest of what a finished run is judged by."""
  (cell,) = workdir.glob('cluster_classifier-*')
  digest = lambda name: hashlib.sha256((cell / name).read_bytes()).hexdigest()
  return {name: digest(name) for name in MADE}


def finish(workdir):
  log = workdir.with_suffix('.log')
  assert start(workdir, log).wait() == 0, log.read_text()
  return made(workdir)


def told(workdir, number, seconds):
  """Whether a run still went on after so long, and ended as it was told to."""
  log = workdir.with_suffix('.log')
  process = start(workdir, log)
  try:
    assert process.wait(seconds) == 0, log.read_text()
    return False
  except subprocess.TimeoutExpired:
    before = log.read_text().splitlines()
  process.send_signal(number)
  began = time.monotonic()
  code = process.wait(30)
  took, after = time.monotonic() - began, log.read_text().splitlines()
  said = [line for line in after[len(before) :] if line.startswith('prune_dm')]
  at = before[-1][9:49] if before else 'imports'
  extra = [line for line in after[len(before) :] if 'Traceback' in line]
  print(f'{number.name} | {at} | {took:.1f} | {len(said)} | {said}', flush=True)
  if code == 0 and after[-1][9:].startswith('done:'):
    return False
  assert (code, len(said), extra) == (CODES[number], 1, []), after
  assert after[-1] == said[0] and took < 10
  return True


@pytest.mark.parametrize(
  'times',
  [
    pytest.param(1, marks=pytest.mark.slow),
    pytest.param(10, marks=pytest.mark.thorough),
  ],
)
def test_each_signal_at_any_moment_changes_no_bit(times, tmp_path):
  expected, rng, round_ = finish(tmp_path / 'alone'), random.Random(0), 0
  waiting = [number for number in CODES for _ in range(times)]
  rng.shuffle(waiting)
  while waiting:
    workdir, round_ = tmp_path / f'told-{round_}', round_ + 1
    while waiting and told(workdir, waiting[-1], rng.uniform(0, 60)):
      waiting.pop()
    assert finish(workdir) == expected
    print(f'{workdir.name}: equal', flush=True)
