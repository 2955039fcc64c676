"""Jobs, as they run: what ends them, and what goes on after."""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest
from slurm_command import QUICK
from slurm_command import ROOT
from slurm_command import slurm

from launch import job as job_lib


def python(code):
  return [sys.executable, '-c', code]


def test_a_job_ends_at_the_first_command_that_fails(tmp_path):
  log = tmp_path / 'logs' / 'a.log'
  with pytest.raises(RuntimeError, match='ended with 3'):
    job_lib.run(log, [python('print(1); exit(3)'), python('print(2)')])
  assert log.read_text() == '1\n'
  assert not log.with_suffix('.done').exists()
  job_lib.run(log, [python('print(2)'), python('print(3)')])
  assert log.read_text() == '1\n2\n3\n'
  job_lib.run(log, [python('open("here", "w").close()')], tmp_path)
  assert (tmp_path / 'here').exists()
  job_lib.run(log, [python('import os; print(os.getcwd())')], tmp_path / 'none')
  assert log.read_text().endswith(f'{ROOT}\n')
  assert log.with_suffix('.done').exists()


@pytest.mark.parametrize('name', ['SIGUSR2', 'SIGTERM'])
def test_a_command_works_on_when_slurm_warns(tmp_path, name):
  warned = f'import os, signal; os.kill(os.getpid(), signal.{name})'
  job_lib.run(tmp_path / 'logs' / 'a.log', [python(warned)])


def test_nodes_of_a_job_have_logs_of_their_own(tmp_path, monkeypatch):
  monkeypatch.setenv('SLURM_PROCID', '1')
  job_lib.run(tmp_path / 'logs' / 'a.log', [python('print(1)')])
  assert (tmp_path / 'logs' / 'a-node1.log').exists()


def test_a_work_unit_ends_with_the_shell_that_xmanager_kills(tmp_path):
  log = tmp_path / 'logs' / 'a.log'
  code = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'
  unit = [
    sys.executable,
    '-m',
    'launch.job',
    log,
    ROOT,
    shlex.join(python(code)),
  ]
  line = f'{shlex.join(map(str, unit))}; true'  # So that the shell stays.
  shell = subprocess.Popen(['sh', '-c', line], cwd=ROOT)
  wait_for(log, '\n')
  shell.terminate()
  shell.wait()
  process = pathlib.Path('/proc', log.read_text().strip())
  for _ in range(100):
    if not process.exists():
      return
    time.sleep(0.1)
  os.kill(int(process.name), signal.SIGKILL)
  raise AssertionError('the command outlived the shell')


@pytest.mark.slow
def test_cells_run_as_jobs_of_this_machine(tmp_path):
  pytest.importorskip('submitit')
  run = lambda *options: slurm(
    tmp_path, QUICK, '--executor=local', '--gpus=0', '--until=select', *options
  )
  process = run('--variants=cluster_pixels,random', '--at_once=2')
  assert process.returncode == 0, process.stderr
  first, *others = process.stdout.splitlines()
  assert first == 'shared done' and len(others) == 2
  for name in ('cluster_pixels-0.5-seed0', 'random-0.5-seed0'):
    assert (tmp_path / name / 'selection.json').exists()
  (tmp_path / 'random-0.9-seed0' / 'samples').mkdir(parents=True)
  process = run('--variants=random', '--prune_ratios=0.9,0.75')
  assert process.returncode == 1
  command, why = process.stderr.split('failed:')[1].splitlines()[1:]
  assert '--config.prune_ratio=0.9' in command
  assert 'config.json is gone, by which samples was made' in why
  assert (tmp_path / 'random-0.75-seed0' / 'selection.json').exists()


@pytest.mark.slow
def test_a_job_that_is_preempted_goes_on_where_it_was(tmp_path, monkeypatch):
  submitit = pytest.importorskip('submitit')
  monkeypatch.chdir(ROOT)
  log = tmp_path / 'logs' / 'a.log'
  command = [
    sys.executable, '-m', 'prune_dm_jax.main', f'{QUICK}:random',
    f'--workdir={tmp_path}', '--until=autoencoder',
    '--config.autoencoder.steps=200',
  ]  # fmt: skip
  executor = submitit.LocalExecutor(tmp_path / 'submitit')
  executor.update_parameters(timeout_min=60)
  job = executor.submit(job_lib.run, log, [command])
  wait_for(log, 'step 40 of 200')
  (task,) = children(job.job_id)
  (worker,) = children(task)
  for process in (worker, task):  # SLURM tells all of them.
    os.kill(int(process), signal.SIGUSR2)
  job.wait()
  assert job.exception() is None
  found = log.read_text()
  (step,) = re.findall(r'resumed: \S+, from step (\d+)', found)
  assert int(step) >= 20 and found.count('step 200 of 200') == 1
  assert list((tmp_path / 'shared').glob('autoencoder-*/time.json'))


def children(pid):
  """Ids of the processes that a process began."""
  return pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()


def wait_for(log, text):
  for _ in range(3000):
    if log.exists() and text in log.read_text():
      return
    time.sleep(0.1)
  raise TimeoutError(f'{log} does not say {text!r}')
