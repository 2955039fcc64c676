"""Proof: killed at any moment, the same command ends with the same bits."""

import glob
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[2]
KILLS = 10


def start(workdir, variant='cluster_classifier', *options):
  command = [
    sys.executable, '-m', 'prune_dm_jax.main',
    f'--config=configs/digits_quick.py:{variant}',
    f'--workdir={workdir}', *options,
  ]  # fmt: skip
  compiled = pathlib.Path(workdir).parent / 'compiled'
  environment = os.environ | {
    'XLA_FLAGS': '',  # One device: half the time.
    'JAX_COMPILATION_CACHE_DIR': str(compiled),
    'JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS': '0.3',
  }
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
  return bool(glob.glob(f'{workdir}/*/*.partial/checkpoints/*tmp*'))


def kill(process):
  os.killpg(process.pid, signal.SIGKILL)
  process.wait()
  process.stderr.close()


def partial(workdir):
  """What was being made, and the steps of its checkpoints."""
  found = glob.glob(f'{workdir}/*/*.partial/checkpoints/*')
  return ' '.join(
    sorted(str(pathlib.Path(f).relative_to(workdir)) for f in found)
  )


def kill_after(process, seconds):
  """Kills after so long; whether it still ran."""
  try:
    return process.wait(seconds) is None
  except subprocess.TimeoutExpired:
    kill(process)
    return True


def kill_while_writing(process, workdir, seconds):
  """Kills in the first checkpoint after so long; whether there was one."""
  time.sleep(seconds)
  while process.poll() is None:
    if being_written(workdir):
      kill(process)
      return True
    time.sleep(0.0005)
  return False


def killed_again_and_again(workdirs, seconds):
  """KILLS kills within so many seconds of a start, a third while a checkpoint is
  written; a run that gets to its end is followed by one in the next folder."""
  rng, kills, workdir = random.Random(0), 0, next(workdirs)
  while kills < KILLS:
    process = start(workdir)
    moment = rng.uniform(0, seconds)
    if kills % 3 == 0:
      killed = kill_while_writing(process, workdir, moment)
    else:
      killed = kill_after(process, moment)
    kills += killed
    if killed:
      print(f'kill {kills}: {partial(workdir)}')
    else:
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
  started = time.monotonic()
  assert finish(tmp_path / 'again') == expected  # And tells how long one takes.
  seconds, folders = time.monotonic() - started, []

  def workdirs():
    for i in itertools.count():  # As many as kills come too late for.
      folders.append(tmp_path / f'killed-{i}')
      yield folders[-1]

  killed_again_and_again(workdirs(), 0.8 * seconds)
  print('left alone', *expected)
  for folder in folders:
    got = finish(folder)
    print(folder.name, *got)
    assert got == expected


MOMENTS = {
  'training a surrogate of a subset': 'subset_surrogates-*.partial/*/**/[0-9]*',
  'scoring': 'agreements-*.partial/parts/*',
}


def kill_when_more(process, folder, pattern):
  """Kills as soon as there is one more file, or folder, than there was."""
  number = lambda: len(glob.glob(f'{folder}/{pattern}', recursive=True))
  before = number()
  while number() <= before:
    assert process.poll() is None, process.stderr.read()
    time.sleep(0.0005)
  kill(process)
  print(f'killed with {number()} of {pattern}')


def scored(workdir):
  """name -> content of MoSo's scores and of what they are made of."""
  process = start(workdir, 'moso', '--until=scores')
  _, messages = process.communicate()
  assert process.returncode == 0, messages
  found = {}
  for path in sorted((workdir / 'shared').glob('*/*.np[yz]')):
    name = f'{path.parent.name} {path.name}'
    found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
  return found


@pytest.mark.slow
def test_kills_while_moso_trains_and_scores_change_no_bit(tmp_path):
  expected = scored(tmp_path / 'alone')
  names = ' '.join(expected)
  assert all(n in names for n in ('dots.npy', 'subset.npy', 'scores.npz'))
  workdir = tmp_path / 'killed'
  for pattern in MOMENTS.values():
    for _ in range(3):
      process = start(workdir, 'moso', '--until=scores')
      kill_when_more(process, workdir / 'shared', pattern)
  assert scored(workdir) == expected


QUICK = (
  'random', '--config.judge.network=pixels', '--config.autoencoder.steps=4',
  '--config.train.steps=4',
)  # fmt: skip


def numbers(workdir):
  """What an evaluation writes."""
  process = start(workdir, *QUICK, '--until=evaluate')
  _, messages = process.communicate()
  assert process.returncode == 0, messages
  cell = next(workdir.glob('random-*'))
  assert not list(cell.glob('*.partial'))
  return [(cell / n).read_bytes() for n in ('metrics.json', 'nearest.json')]


@pytest.mark.slow
def test_kills_while_it_evaluates_change_no_bit(tmp_path):
  process = start(tmp_path / 'alone', *QUICK, '--until=sample')
  _, messages = process.communicate()
  assert process.returncode == 0, messages
  killed = shutil.copytree(tmp_path / 'alone', tmp_path / 'killed')
  expected = numbers(tmp_path / 'alone')
  for _ in range(2):
    process = start(killed, *QUICK, '--until=evaluate')
    kill_when_more(process, killed, '*/metrics.json.partial/parts/*.npz')
  assert numbers(killed) == expected


@pytest.mark.slow
def test_a_kill_while_it_trains_by_weights_and_at_high_noise_changes_no_bit(
  tmp_path,
):
  asked = (
    'random', '--config.select.pruned=high_noise',
    '--config.select.balance=class', '--config.autoencoder.steps=4',
    '--until=sample',
  )  # fmt: skip
  for folder in (tmp_path / 'alone', tmp_path / 'killed'):
    process = start(folder, *asked)
    if folder.name == 'killed':
      kill_when_more(process, folder, '*/dit.partial/checkpoints/[1-9]0')
      process = start(folder, *asked)
    _, messages = process.communicate()
    assert process.returncode == 0, messages
  assert digests(tmp_path / 'killed') == digests(tmp_path / 'alone')


@pytest.mark.slow
def test_kills_change_no_bit_of_a_training_that_follows_its_own_losses(
  tmp_path,
):
  options = ('random', '--config.train.dynamic=infobatch', '--until=sample')
  found = []
  for name, kills in (('alone', 0), ('killed', 3)):
    for _ in range(kills):
      process = start(tmp_path / name, *options)
      kill_when_more(process, tmp_path / name, '*/dit.partial/checkpoints/??')
    process = start(tmp_path / name, *options)
    _, messages = process.communicate()
    assert process.returncode == 0, messages
    found.append(digests(tmp_path / name))
  assert found[0] == found[1]
