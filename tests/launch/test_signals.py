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
  'os.execv(sys.executable, [sys.executable, *sys.argv[1:]])'
)
"""A background job of a shell, as a test may be, ignores SIGINT; this does not."""

LOOK = '#!/bin/sh\n[ "$2" = launch.forecast ] && exit 0\n'
"""Of a Python that runs cells, and first looks whether they can begin."""

CELL = """
trap 'touch saved; exit 75' USR1
trap '' INT
echo $$ >> begun
while true; do sleep 0.1; done
"""


def sweep(folder, cell):
  """A sweep of two cells, each of which is a script."""
  script = folder / 'cell'
  script.write_text(LOOK + cell.replace('begun', str(folder / 'begun'))
                    .replace('saved', str(folder / 'saved')))  # fmt: skip
  script.chmod(0o755)
  command = [
    sys.executable, '-c', HEED, str(ROOT / 'launch' / 'local.py'),
    f'--workdir={folder}', f'--config={ROOT}/configs/digits_quick.py',
    '--variants=random', '--seeds=0,1', f'--python={script}',
  ]  # fmt: skip
  return subprocess.Popen(
    command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
  )


def test_launchers_know_the_codes():
  assert signals.AGAIN == interrupt.AGAIN
  assert signals.STOPPED == interrupt.STOPPED


@pytest.mark.parametrize(('name', 'code'), [('SIGINT', 130), ('SIGTERM', 75)])
def test_a_sweep_that_is_told_to_end_waits_for_its_cells(tmp_path, name, code):
  process = sweep(tmp_path, CELL)
  while not (tmp_path / 'begun').exists():
    assert process.poll() is None, process.stderr.read()
    time.sleep(0.05)
  process.send_signal(getattr(signal, name))
  _, said = process.communicate(timeout=30)
  assert process.returncode == code
  assert said == f'prune_dm_jax: stopped by {name}; the same command goes on\n'
  assert (tmp_path / 'saved').exists()
  assert len((tmp_path / 'begun').read_text().split()) == 1


def test_a_cell_that_was_told_to_end_ends_the_sweep(tmp_path):
  process = sweep(tmp_path, 'echo $$ >> begun; exit 75\n')
  _, said = process.communicate(timeout=30)
  assert process.returncode == 75
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
  monkeypatch.setenv('SLURM_JOB_ID', '17')
  with pytest.raises(SystemExit) as end:
    job_lib.run(log, [shlex.split("sh -c 'exit 75'"), ['never']])
  assert end.value.code == 75 and asked.read_text() == 'requeue 17\n'
  assert log.read_text().count('\n') == 1
  assert not log.with_suffix('.done').exists()


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
