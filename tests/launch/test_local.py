"""Many cells on this machine."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from configs import common
from launch import cells as cells_lib
from launch import local as local_lib
from launch import pool
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import defaults

ROOT = pathlib.Path(__file__).parents[2]


def local(workdir, *options, env=None):
  command = [
    sys.executable, str(ROOT / 'launch' / 'local.py'), f'--workdir={workdir}',
    f'--config={ROOT}/configs/digits_quick.py', *options,
  ]  # fmt: skip
  return subprocess.run(
    command, cwd=workdir, env=env, capture_output=True, text=True, check=False
  )


def test_a_sweep_is_every_combination_but_ratios_that_are_not_chosen():
  names = ['unpruned', 'grand_mid', 'cluster_pixels_balanced']
  assert common.sweep(names, [0.5, 0.9], [0, 1]) == [
    ('unpruned', None, 0),
    ('unpruned', None, 1),
    ('grand_mid', 0.5, 0),
    ('grand_mid', 0.5, 1),
    ('grand_mid', 0.9, 0),
    ('grand_mid', 0.9, 1),
    ('cluster_pixels_balanced', None, 0),
    ('cluster_pixels_balanced', None, 1),
  ]


def of(backbones):
  """Names of all of the paper's methods, but of other backbones' clusters."""
  rows = common.VARIANTS.items()
  others = ('clip', 'dino', 'lite0', 'pixels', 'classifier', 'given')
  return [
    name
    for name, row in rows
    if METHODS[row['score']['method']].paper
    if not name.startswith(tuple(f'cluster_{b}' for b in others))
    or row['score']['backbone'] in backbones
  ]


@pytest.mark.parametrize('backbones', [('pixels', 'classifier'), ('clip',)])
def test_all_are_those_whose_clusters_a_set_has(backbones):
  every = common.sweep(['all'], [0.5], [0], backbones)
  assert [cell.variant for cell in every] == of(backbones)


def test_the_configs_of_the_paper_have_its_clusters():
  for name in ('imagenet', 'celebahq'):
    path = ROOT / 'configs' / f'{name}.py'
    assert cells_lib.backbones(path) == ('clip', 'dino')
  path = ROOT / 'configs' / 'digits.py'
  assert cells_lib.backbones(path) == ('pixels', 'classifier')


def test_an_unknown_variant_is_one_sentence_before_anything_runs(tmp_path):
  process = local(tmp_path, '--variants=random,best')
  assert process.returncode == 1 and process.stdout == ''
  assert process.stderr.startswith("prune_dm_jax: 'best' is not a variant")
  assert list(tmp_path.iterdir()) == []


def test_a_dry_run_prints_the_commands(tmp_path, unseen, capsys):
  local_lib.main([
    f'--config={ROOT}/configs/digits_quick.py', f'--workdir={tmp_path}',
    '--dry_run', '--prune_ratios=0.9', '--seeds=3',
  ])  # fmt: skip
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == len(of(common.HERE))
  (moso,) = [line for line in lines if ':moso ' in line]
  assert '--config.prune_ratio=0.9' in moso and '--config.seed=3' in moso
  assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_which_cells_share_a_process(tmp_path, unseen, capsys):
  local_lib.main([
    f'--config={ROOT}/configs/digits_quick.py', f'--workdir={tmp_path}',
    '--dry_run', '--variants=gan_random,unpruned,random', '--seeds=0,1',
    '--together=3',
  ])  # fmt: skip
  lines = capsys.readouterr().out.splitlines()
  assert [line for line in lines if line.startswith('#')] == [
    '# one process, dit-1-to-2: unpruned-seed0 unpruned-seed1',
    '# one process, dit-3-to-4: random-0.5-seed0 random-0.5-seed1',
    '# one process, gan-1-to-2: gan_random-0.5-seed0 gan_random-0.5-seed1',
  ]
  assert len(lines) == 9 and list(tmp_path.iterdir()) == []


@pytest.fixture
def script(tmp_path):
  """(shell lines) -> a Python beside the sweep, that is those for a cell."""

  def written(lines):
    path = tmp_path / 'py'
    path.write_text(
      f'#!/bin/sh\n[ "$2" = launch.forecast ] && exit 0\n{lines}\n'
    )
    path.chmod(0o755)
    return path

  return written


def test_cells_run_in_the_folder_of_the_launcher(tmp_path, script):
  script('pwd > where; echo $PYTHONPATH >> where')
  process = local(tmp_path, '--variants=random', '--python=./py')
  assert process.returncode == 0, process.stderr
  where, path = (tmp_path / 'where').read_text().splitlines()
  assert where == str(tmp_path) and path.split(os.pathsep)[0] == str(ROOT)


def test_each_process_is_given_its_own_cells_where_no_launcher_writes(
  tmp_path, script
):
  """Two launchers of one workdir may have other cells in a group of one name."""
  python = script('cat >> asked; echo >> asked')
  options = '--variants=random', '--together=2', f'--python={python}'
  assert local(tmp_path, *options, '--seeds=0,1,2,3').returncode == 0
  asked = map(json.loads, (tmp_path / 'asked').read_text().splitlines())
  assert [list(one['commands']) for one in asked] == [
    ['random-0.5-seed0', 'random-0.5-seed1'],
    ['random-0.5-seed2', 'random-0.5-seed3'],
  ]
  assert not list(tmp_path.rglob('*.json'))


@pytest.mark.slow
def test_cells_of_one_process_are_there_but_for_one_that_is_named(tmp_path):
  (tmp_path / 'random-0.9-seed1' / 'samples').mkdir(parents=True)
  options = (
    '--variants=random', '--prune_ratios=0.9', '--seeds=0,1,2', '--together=3',
    '--in_one_program=3', '--until=train', '--retries=0',
    '--config.train.steps=20', '--config.autoencoder.steps=20',
  )  # fmt: skip
  one = os.environ | {'XLA_FLAGS': ''}
  process = local(tmp_path, *options, env=one)
  assert process.returncode == 1, process.stderr
  assert 'dit-1-to-3: its cells are run alone' in process.stdout
  command, why = process.stderr.split('failed:')[1].splitlines()[1:]
  assert '--config.seed=1' in command and 'config.json is gone' in why
  losses = set()
  for seed in (0, 2):
    log = (tmp_path / 'logs' / f'random-0.9-seed{seed}.log').read_text()
    assert 'dit: step 20 of 20, loss' in log and 'nothing to do' in log
    lines = tmp_path / f'random-0.9-seed{seed}' / 'dit' / 'metrics.jsonl'
    losses.add(json.loads(lines.read_text().splitlines()[-1])['loss'])
  assert len(losses) == 2


@pytest.mark.slow
def test_what_fails_is_named_and_the_others_are_there(tmp_path):
  (tmp_path / 'random-0.9-seed0').mkdir()
  (tmp_path / 'random-0.9-seed0' / 'samples').mkdir()
  process = local(
    tmp_path, '--variants=random', '--prune_ratios=0.9,0.75', '--until=select'
  )
  assert process.returncode == 1 and 'about 0 left' in process.stdout
  assert 'random-0.9-seed0 failed and is tried again' in process.stdout
  command, why = process.stderr.split('failed:')[1].splitlines()[1:]
  assert '--config.prune_ratio=0.9' in command
  assert 'config.json is gone, by which samples was made' in why
  assert (tmp_path / 'random-0.75-seed0' / 'selection.json').exists()


class Process:
  """Ends with `code` after it was asked twice."""

  def __init__(self, code):
    self.returncode, self.asked = code, 0

  def poll(self):
    self.asked += 1
    return self.returncode if self.asked > 1 else None

  def terminate(self):
    pass


def test_the_first_runs_alone_and_then_as_many_as_were_asked(monkeypatch):
  monkeypatch.setattr(pool, 'PAUSE', 0)
  running, most = set(), []

  def start(name, cores):
    running.add(name)
    most.append(len(running))
    return Process(code=int(name == 'c'))

  waiting = [(name, 1) for name in 'abcdef']
  codes = {}
  for name, _, code, _ in pool.run(start, waiting, 3):
    running.discard(name)
    codes[name] = code
  assert codes == dict.fromkeys('abdef', 0) | {'c': 1}
  assert most[:2] == [1, 1] and max(most) == 3


def test_no_more_run_than_memory_allows(monkeypatch):
  monkeypatch.setattr(pool, 'available', lambda: 0)
  assert pool.room(ended=5, running=0) and not pool.room(ended=5, running=1)


def test_the_models_are_compared_on_the_same_subsets():
  cells = common.sweep(['models'], [0.25, 0.9], [0, 1])
  models = {'dit': '', 'vae': 'vae_', 'gan': 'gan_'}
  assert len(cells) == len(models) * 2 * (1 + 2)
  for model, prefix in models.items():
    for name, ratio in (('unpruned', None), ('random', 0.9)):
      assert (prefix + name, ratio, 1) in cells
      config, plain = map(defaults.get_config, (prefix + name, name))
      assert (config.model, config.prune_ratio) == (model, plain.prune_ratio)
      assert config.score == plain.score and config.select == plain.select


def test_the_paper_is_all_but_the_middle_of_what_is_no_cluster():
  cells = common.sweep(['paper', 'random'], [0.5], [0])
  names = [cell.variant for cell in cells]
  assert len(names) == len(set(names)) == len(of(common.HERE)) - 8
  assert 'grand_mid' not in names and 'cluster_classifier_mid' in names
