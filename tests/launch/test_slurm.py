"""Many cells on a SLURM cluster: what would be submitted."""

import re
import subprocess
import sys

import pytest
from slurm_command import QUICK
from slurm_command import ROOT
from slurm_command import slurm

from configs import common
from launch import options
from prune_dm_jax import stages

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
  assert options.STAGES == tuple(stages.STAGES)


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


def test_scores_that_are_for_one_ratio_are_made_for_each(dry_run):
  jobs, *_ = dry_run(
    QUICK, '--variants=gist_pixels,gist_pixels_inv,k_center_pixels',
    '--prune_ratios=0.25,0.5', '--seeds=0,1', '--until=select',
  )  # fmt: skip
  made = [line.split(':')[-1].split(' ')[0] for line in jobs['shared']]
  assert made == ['gist_pixels', 'gist_pixels', 'k_center_pixels']
  assert [('prune_ratio=' in line) for line in jobs['shared']] == [1, 1, 0]


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
