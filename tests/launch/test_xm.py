"""Many cells as an XManager experiment."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
QUICK = f'--config={ROOT}/configs/digits_quick.py'


def run(workdir, *options, first='pass'):
  """launch/xm.py, after the Python code `first`."""
  arguments = ['xm.py', QUICK, f'--workdir={workdir}', *options]
  code = (
    f'import runpy, sys; {first}; sys.argv = {arguments!r}; '
    f"runpy.run_path('{ROOT}/launch/xm.py', run_name='__main__')"
  )
  return subprocess.run(
    [sys.executable, '-c', code],
    cwd=workdir, capture_output=True, text=True, check=False,
  )  # fmt: skip


MISSING = "sys.modules['xmanager'] = None"
UNSEEN = (
  f"sys.path.insert(0, '{ROOT}'); from launch import cells; "
  'cells.foresee = lambda *args: None'
)


def test_a_dry_run_prints_each_work_unit_without_xmanager(tmp_path):
  process = run(
    tmp_path, '--dry_run', '--variants=random,el2n', '--seeds=0,1',
    first=f'{MISSING}; {UNSEEN}',
  )  # fmt: skip
  lines = process.stdout.splitlines()
  assert [line for line in lines if line.startswith('#')] == [
    '# shared',
    '# random-0.5-seed0', '# random-0.5-seed1',
    '# el2n-0.5-seed0', '# el2n-0.5-seed1',
  ]  # fmt: skip
  latents, scores, judge = lines[1:4]
  assert latents.endswith('--until=latents')
  assert ':el2n ' in scores and scores.endswith('--until=scores')
  assert judge.endswith('--until=judge') and len(set(lines)) == len(lines) == 12
  assert list(tmp_path.iterdir()) == []


def test_no_xmanager_is_one_sentence(tmp_path):
  process = run(tmp_path, '--variants=random', first=MISSING)
  assert process.returncode == 1 and len(process.stderr.splitlines()) == 1
  assert "pip install -e '.[xmanager]'" in process.stderr
  assert list(tmp_path.iterdir()) == []


def test_no_such_python_is_one_sentence(tmp_path):
  process = run(tmp_path, '--variants=random', '--python=/none/python')
  assert process.returncode == 1 and len(process.stderr.splitlines()) == 1
  assert '--python=/none/python: there is no such program' in process.stderr


@pytest.mark.slow
def test_an_experiment_runs_its_cells_and_names_what_failed(tmp_path):
  pytest.importorskip('xmanager')
  names = ('random-0.9-seed0', 'cluster_pixels-0.9-seed0')
  broken = [tmp_path / name for name in names]
  for cell in broken:
    (cell / 'samples').mkdir(parents=True)
  process = run(
    tmp_path, '--until=select', '--at_once=2', '--prune_ratios=0.5,0.9',
    '--variants=random,cluster_pixels',
  )  # fmt: skip
  for cell in broken:
    assert f'{cell}/config.json is gone' in process.stderr
  assert process.returncode == 1 and 'Traceback' not in process.stderr
  ended = [line for line in process.stdout.splitlines() if 'seed0' in line]
  assert sorted(ended) == [
    'cluster_pixels-0.5-seed0 done', 'cluster_pixels-0.9-seed0 FAILED',
    'random-0.5-seed0 done', 'random-0.9-seed0 FAILED',
  ]  # fmt: skip
  for name in ('random', 'cluster_pixels'):
    assert (tmp_path / f'{name}-0.5-seed0' / 'selection.json').exists()
