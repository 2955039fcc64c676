"""Proof: killed at any moment, the same command ends with the same bits."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[1]
KILLS = 10


def start(workdir):
  command = [
    sys.executable, '-m', 'prune_dm_jax.main',
    '--config=configs/digits_quick.py:cluster_classifier',
    f'--workdir={workdir}',
  ]  # fmt: skip
  environment = os.environ | {'XLA_FLAGS': ''}  # One device: half the time.
  return subprocess.Popen(
    command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
    start_new_session=True,
  )  # fmt: skip


def digests(workdir):
  settings = json.loads(
    next(pathlib.Path(workdir).glob('*/samples/settings.json')).read_text()
  )
  return settings['parameters_digest'], settings['ema_digest']


def being_written(workdir):
  """Whether Orbax is in the middle of a checkpoint."""
  found = pathlib.Path(workdir).glob('**/*.partial/checkpoints/*tmp*')
  return any(True for _ in found)


def kill(process):
  os.killpg(process.pid, signal.SIGKILL)
  process.wait()
  process.stderr.close()


def kill_at_random(process, rng):
  """Kills within ten seconds; whether it still ran."""
  try:
    return process.wait(rng.uniform(0, 10)) is None
  except subprocess.TimeoutExpired:
    kill(process)
    return True


def kill_while_writing(process, workdir):
  """Kills in the middle of a checkpoint; whether there was one."""
  while process.poll() is None:
    if being_written(workdir):
      kill(process)
      return True
    time.sleep(0.0005)
  return False


def killed_again_and_again(workdirs):
  """KILLS kills, a third while a checkpoint is written; a run that gets to its
  end between two kills is followed by one in the next folder."""
  rng, kills, workdir = random.Random(0), 0, next(workdirs)
  while kills < KILLS:
    process = start(workdir)
    if kills % 3 == 0:
      killed = kill_while_writing(process, workdir)
    else:
      killed = kill_at_random(process, rng)
    kills += killed
    if not killed:
      assert process.returncode == 0, process.stderr.read()
      workdir = next(workdirs)


def finish(workdir):
  process = start(workdir)
  _, messages = process.communicate()
  assert process.returncode == 0, messages
  return digests(workdir)


@pytest.mark.slow
def test_ten_kills_change_no_bit(tmp_path):
  expected = finish(tmp_path / 'alone')
  folders = []

  def workdirs():
    while True:
      folders.append(tmp_path / f'killed-{len(folders)}')
      yield folders[-1]

  killed_again_and_again(workdirs())
  print('left alone', *expected)
  for folder in folders:
    got = finish(folder)
    print(folder.name, *got)
    assert got == expected
