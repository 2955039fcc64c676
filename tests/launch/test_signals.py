"""Launchers that are told to end, or whose cells are."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

import pytest

from launch import job as job_lib
from launch import signals
from prune_dm_jax.run import interrupt

ROOT = pathlib.Path(__file__).parents[2]

HEED = (
  'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); '
  'signal.signal(signal.SIGHUP, signal.SIG_DFL); '
  'os.execv(sys.executable, [sys.executable, *sys.argv[1:]])'
)
"""A background job of a shell, as a test may be, ignores some; this does not."""

LOOK = '#!/bin/sh\n[ "$2" = launch.forecast ] && exit 0\n'
"""Of a Python that runs cells, and first looks whether they can begin."""

CELL = """
trap 'touch saved; exit 75' USR1
trap 'exit 1' INT TERM HUP
echo $$ >> begun
while true; do sleep 0.1; done
"""


def sweep(folder, cell, launcher='local', *options):
  """A sweep of two cells, each of which is a script; a group of its own."""
  script = folder / 'cell'
  script.write_text(LOOK + cell.replace('begun', str(folder / 'begun'))
                    .replace('saved', str(folder / 'saved')))  # fmt: skip
  script.chmod(0o755)
  command = [
    sys.executable, '-c', HEED, str(ROOT / 'launch' / f'{launcher}.py'),
    f'--workdir={folder}', f'--config={ROOT}/configs/digits_quick.py',
    '--variants=random', '--seeds=0,1', f'--python={script}',
    *options,
  ]  # fmt: skip
  return subprocess.Popen(
    command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    start_new_session=True,
  )  # fmt: skip


def until_begun(folder, process):
  while not (folder / 'begun').exists():
    assert process.poll() is None, process.stderr.read()
    time.sleep(0.05)


def test_launchers_know_the_codes():
  assert signals.AGAIN == interrupt.AGAIN
  assert signals.STOPPED == interrupt.STOPPED


AS_JOBS = ('slurm', '--executor=local', '--gpus=0', '--until=select')


@pytest.mark.parametrize(
  ('name', 'code', 'launcher'),
  [
    ('SIGINT', 130, ('local',)),
    ('SIGTERM', 75, ('local',)),
    ('SIGHUP', 75, ('local',)),
    ('SIGINT', 130, AS_JOBS),
  ],
)
def test_a_group_that_is_told_to_end_waits_for_its_cells(
  tmp_path, name, code, launcher
):
  """As a terminal, a service and `timeout` tell all of a group."""
  if launcher == AS_JOBS:
    pytest.importorskip('submitit')
  process = sweep(tmp_path, CELL, *launcher)
  until_begun(tmp_path, process)
  os.killpg(process.pid, getattr(signal, name))
  _, said = process.communicate(timeout=30)
  assert process.returncode == code
  last = f'prune_dm_jax: stopped by {name}; the same command goes on\n'
  assert said.endswith(last) and 'Traceback' not in said
  assert (tmp_path / 'saved').exists()
  assert len((tmp_path / 'begun').read_text().split()) == 1


def test_cells_of_a_launcher_that_is_killed_save_and_end(tmp_path):
  process = sweep(
    tmp_path, CELL.replace('USR1', 'TERM').replace('INT TERM', '')
  )
  until_begun(tmp_path, process)
  process.kill()
  process.communicate(timeout=30)
  for _ in range(100):
    if (tmp_path / 'saved').exists():
      return
    time.sleep(0.1)
  os.kill(int((tmp_path / 'begun').read_text()), signal.SIGKILL)
  raise AssertionError('the cell was not told')


@pytest.mark.parametrize('launcher', [('local',), AS_JOBS])
def test_a_cell_that_was_told_to_end_ends_the_sweep(tmp_path, launcher):
  if launcher == AS_JOBS:
    pytest.importorskip('submitit')
  process = sweep(tmp_path, 'echo $$ >> begun; exit 75\n', *launcher)
  out, said = process.communicate(timeout=30)
  assert process.returncode == 75 and 'FAILED' not in out
  assert said == (
    'prune_dm_jax: random-0.5-seed0 was told to end; the same command goes on\n'
  )
  assert len((tmp_path / 'begun').read_text().split()) == 1


def test_a_job_whose_command_was_told_to_end_is_queued_again(
  tmp_path, monkeypatch
):
  asked, log = tmp_path / 'asked', tmp_path / 'logs' / 'a.log'
  scontrol = tmp_path / 'scontrol'
  scontrol.write_text(f'#!/bin/sh\necho "$@" > {asked}\n')
  scontrol.chmod(0o755)
  monkeypatch.setenv('PATH', f'{tmp_path}:{os.environ["PATH"]}')
  monkeypatch.setenv('SUBMITIT_EXECUTOR', 'slurm')
  monkeypatch.setenv('SLURM_JOB_ID', '17')
  with pytest.raises(SystemExit) as end:
    job_lib.run(log, [shlex.split("sh -c 'exit 75'"), ['never']])
  assert end.value.code == 75 and asked.read_text() == 'requeue 17\n'
  assert log.read_text().count('\n') == 1
  assert not log.with_suffix('.done').exists()
  asked.unlink()
  monkeypatch.setenv('SUBMITIT_EXECUTOR', 'local')  # Of whoever has an salloc.
  with pytest.raises(SystemExit, match='75'):
    job_lib.run(log, [shlex.split("sh -c 'exit 75'")])
  assert not asked.exists()


def test_a_command_saves_before_its_job_is_queued_again(tmp_path):
  script, saved = tmp_path / 'command', tmp_path / 'saved'
  script.write_text(
    f"#!/bin/sh\ntrap 'sleep 0.5; touch {saved}; exit 75' USR1\n"
    'sleep 0.5; kill -USR2 $PPID; while true; do sleep 0.1; done\n'
  )
  script.chmod(0o755)
  code = (
    'import os, signal, sys\n'
    'from launch import job, signals\n'
    'def heard(*_):\n'  # As submitit's: within what runs the command.
    '  signals.end(job.running)\n'
    f'  sys.exit(int(os.path.exists({str(saved)!r})))\n'
    'signal.signal(signal.SIGUSR2, heard)\n'
    f'job.run({str(tmp_path / "logs" / "a.log")!r}, [[{str(script)!r}]])\n'
  )
  done = subprocess.run([sys.executable, '-c', code], cwd=ROOT, timeout=20)
  assert done.returncode == 1
