"""Many cells on a SLURM cluster: what would be submitted, and what a job does."""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

from configs import common
from launch import cells as cells_lib
from launch import job as job_lib
from prune_dm_jax import stages

ROOT = pathlib.Path(__file__).parents[2]
QUICK = f'--config={ROOT}/configs/digits_quick.py'


def slurm(workdir, *options):
  command = [
    sys.executable, str(ROOT / 'launch' / 'slurm.py'), f'--workdir={workdir}',
    *options,
  ]  # fmt: skip
  return subprocess.run(
    command, cwd=workdir, capture_output=True, text=True, check=False
  )


UNSEEN = (
  f"import runpy, sys; sys.path.insert(0, '{ROOT}'); "
  'from launch import cells; cells.foresee = lambda *args: None; '
  f"runpy.run_path('{ROOT}/launch/slurm.py', run_name='__main__')"
)
"""The launcher, as if nothing were missing for any cell, without a look."""


@pytest.fixture
def dry_run(tmp_path):
  """(options) -> name -> commands, the sbatch file of the shared job and of
  the cells.
  """
  pytest.importorskip('submitit')

  def launch(*options):
    process = subprocess.run(
      [sys.executable, '-c', UNSEEN, f'--workdir={tmp_path}', '--dry_run',
       *options],
      cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return parsed(process.stdout, tmp_path)

  return launch


def parsed(out, workdir):
  listed, *files = re.split(r'# sbatch of \w+\n', out)
  jobs = {}
  for line in listed.strip().splitlines():
    if line.startswith('# '):
      assert line[2:] not in jobs
      commands = jobs[line[2:]] = []
    else:
      commands.append(line)
  assert list(workdir.iterdir()) == []
  return jobs, *files


def settings(file):
  """The #SBATCH lines."""
  return re.findall(r'^#SBATCH --(.*)$', file, re.MULTILINE)


def test_launchers_know_the_stages():
  assert cells_lib.STAGES == tuple(stages.STAGES)


def test_what_cells_share_is_made_once_and_before_them(dry_run):
  jobs, first, array = dry_run(
    f'--config={ROOT}/configs/imagenet.py', '--variants=paper',
    '--prune_ratios=0.25,0.5', '--seeds=0,1,2', '--at_once=8',
  )  # fmt: skip
  cells = common.sweep(
    ['paper'], [0.25, 0.5], [0, 1, 2], backbones=('clip', 'dino')
  )
  assert list(jobs)[0] == 'shared' and len(jobs) == 1 + len(cells)
  assert len({tuple(commands) for commands in jobs.values()}) == len(jobs)
  latents, *scores, judge = jobs['shared']
  assert latents.endswith('--until=latents') and judge.endswith('--until=judge')
  variants = [re.search(r'py:(\w+)', line)[1] for line in scores]
  made = [common.VARIANTS[name]['score'] for name in variants]
  assert [tuple(score.values()) for score in made] == [
    ('monotonicity', 'pixels'), ('grand', 'pixels'), ('el2n', 'pixels'),
    ('moso', 'pixels'), ('cluster', 'clip'), ('cluster', 'dino'),
  ]  # fmt: skip
  assert all(line.endswith('--until=scores') for line in scores)
  text = ' '.join(settings(first))
  assert 'dependency' not in text and 'array' not in text
  assert "dependency='afterok:<job of shared>'" in settings(array)
  assert f'array=0-{len(cells) - 1}%8' in settings(array)


def test_a_job_has_four_gpus_for_one_process_a_node_and_comes_back(dry_run):
  _, *files = dry_run(
    QUICK, '--variants=random', '--nodes=2', '--time=90m',
    '--partition=gpu', '--account=us', '--cpus=16', '--mem=64GB',
  )  # fmt: skip
  assert len(files) == 2
  for file in files:
    assert set(settings(file)) >= {
      'gpus-per-node=4', 'ntasks-per-node=1', 'nodes=2', 'time=90', 'requeue',
      'signal=USR2@120', 'partition=gpu', 'account=us', 'cpus-per-task=16',
      'mem=64GB', f'chdir={ROOT}',
    }  # fmt: skip
    (srun,) = re.findall('^srun .*$', file, re.MULTILINE)
    assert ' --cpus-per-task=16 ' in srun


def test_nothing_is_shared_that_was_not_asked_for(dry_run):
  jobs, _, _ = dry_run(
    QUICK, '--variants=random,el2n,el2n_inv', '--until=select'
  )
  (scores,) = jobs['shared']
  assert ':el2n ' in scores and scores.endswith('--until=scores')
  assert jobs['el2n_inv-0.5-seed0'][0].endswith('--until=select')
  jobs, array = dry_run(
    QUICK, '--variants=random', '--seeds=0,1', '--until=select'
  )
  assert list(jobs) == ['random-0.5-seed0', 'random-0.5-seed1']
  assert 'dependency' not in array


@pytest.mark.parametrize(
  'option, sentence',
  [
    ('--variants=best', "'best' is not a variant"),
    ('--nodes=0', '--nodes and --cpus are at least 1'),
    ('--time=2', "'2' is not a time as 36h or 90m"),
    ('--until=end', "invalid choice: 'end'"),
  ],
)
def test_bad_options_are_told_before_anything_runs(tmp_path, option, sentence):
  process = slurm(tmp_path, QUICK, option)
  assert process.returncode in (1, 2) and process.stdout == ''
  assert sentence in process.stderr and 'Traceback' not in process.stderr
  assert list(tmp_path.iterdir()) == []


def test_no_submitit_is_one_sentence(tmp_path):
  code = (
    "import runpy, sys; sys.modules['submitit'] = None; "
    f"sys.argv = ['slurm.py', '{QUICK}', '--dry_run']; "
    f"runpy.run_path('{ROOT}/launch/slurm.py', run_name='__main__')"
  )
  process = subprocess.run(
    [sys.executable, '-c', code],
    cwd=tmp_path, capture_output=True, text=True, check=False,
  )  # fmt: skip
  assert process.returncode == 1 and len(process.stderr.splitlines()) == 1
  assert "pip install -e '.[slurm]'" in process.stderr


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
  unit = [sys.executable, '-m', 'launch.job', log, shlex.join(python(code))]
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
