"""What a sweep takes, and what is missing for it, before it begins."""

import io
import json
import math
import pathlib
import re
import sys

import pytest
import sweeps

from launch import forecast
from launch import local
from launch import slurm
from prune_dm_jax.report import findable
from prune_dm_jax.stages import foreseen

ROOT = pathlib.Path(__file__).parents[2]
QUICK = f'--config={ROOT}/configs/digits_quick.py'


@pytest.fixture
def launched(monkeypatch, capfd, tmp_path):
  """(main, options) -> exit code, output and errors; the look is in-process."""

  def look(command, *, input, **_):
    del command
    monkeypatch.setattr(sys, 'stdin', io.StringIO(input))
    out, err, code = io.StringIO(), io.StringIO(), 0
    with monkeypatch.context() as own:
      own.setattr(sys, 'argv', sys.argv)
      own.setattr(sys, 'stdout', out)
      own.setattr(sys, 'stderr', err)
      try:
        forecast.main()
      except SystemExit as end:
        print(end.code, file=err)
        code = 1
    found = lambda: None
    found.stdout, found.stderr = out.getvalue(), err.getvalue()
    found.returncode = code
    return found

  def launch(main, *options):
    with monkeypatch.context() as own:
      own.setattr('subprocess.run', look)
      try:
        main([f'--workdir={tmp_path}', *options])
      except SystemExit as end:
        return end.code, *capfd.readouterr()
      return 0, *capfd.readouterr()

  return launch


def dashes(text):
  return [line for line in text.splitlines() if line.startswith('- ')]


def unknown(config, topology, *, last, known):
  known['set'] = foreseen.UNKNOWN
  return []


def test_all_that_is_missing_is_one_list_and_nothing_is_queued(
  launched, tmp_path, monkeypatch
):
  monkeypatch.setattr(forecast.estimate, 'table', unknown)
  monkeypatch.setattr(slurm, 'on_cluster', None)
  monkeypatch.setattr(slurm, 'load_submitit', lambda: None)
  code, out, err = launched(
    slurm.main, f'--config={ROOT}/configs/imagenet.py', '--variants=paper',
    '--prune_ratios=0.25,0.5', '--seeds=0,1,2', '--config.data.path=/nowhere',
    f'--config.weights={tmp_path}/none',
  )  # fmt: skip
  assert code == 1 and out == '' and list(tmp_path.iterdir()) == []
  missing = dashes(err)
  assert len(missing) == 5 and "'/nowhere'" in missing[0]
  for name, line in zip(
    ('inception', 'vgg16', 'clip', 'dino'), missing[1:], strict=True
  ):
    assert f'{name}.safetensors is not in' in line


def test_a_dry_run_prints_the_commands_and_what_is_missing(launched, tmp_path):
  code, out, err = launched(
    local.main, QUICK, '--variants=random', '--dry_run', '--until=select',
    '--prune_ratios=0.5,1.5', '--config.bank.num_draws=0',
  )  # fmt: skip
  assert code == 1 and len(out.splitlines()) == 2
  (ratio,) = [line for line in dashes(err) if 'prune_ratio' in line]
  (draws,) = [line for line in dashes(err) if 'num_draws' in line]
  assert 'is 1.5' in ratio and 'is 0' in draws


def test_what_cells_share_is_counted_once(launched):
  def hours(*options):
    code, _, err = launched(
      local.main, QUICK, '--dry_run', '--until=latents', '--topology=h100:1',
      *options,
    )  # fmt: skip
    assert code == 0, err
    (found,) = re.findall(r'([\d.]+) GB of disk', err)
    return err.split(':')[0], found

  one = hours('--variants=random')
  two = hours('--variants=random,el2n', '--seeds=0,1')
  assert (one[0], two[0]) == ('1 cells', '4 cells') and one[1] == two[1]


def test_a_setting_that_is_none_is_one_sentence(launched):
  code, _, err = launched(
    local.main, QUICK, '--variants=random', '--dry_run', '--config.seeed=1'
  )
  assert code == 1 and 'config has no key' in err and 'Traceback' not in err


def test_a_file_that_sets_a_key_that_is_none_is_one_sentence(
  launched, tmp_path
):
  file = tmp_path / 'own.py'
  file.write_text(
    'from configs import digits_quick\n\n\ndef get_config(variant):\n'
    '  config = digits_quick.get_config(variant)\n  config.train.stepz = 5\n'
    '  return config\n'
  )
  code, _, err = launched(
    local.main, f'--config={file}', '--variants=random', '--dry_run'
  )
  assert code == 1 and 'own.py sets train.stepz' in err, err
  assert err.rstrip().count('\n') == 0


@pytest.mark.parametrize(
  ('words', 'sentence'),
  [
    (['--dry-run'], "Unknown command line flag 'dry-run'"),
    (['--nodez=2'], "Unknown command line flag 'nodez'"),
  ],
)
def test_what_main_does_not_take_is_refused_before_anything_runs(
  launched, tmp_path, monkeypatch, words, sentence
):
  monkeypatch.setattr(slurm, 'on_cluster', None)
  monkeypatch.setattr(slurm, 'load_submitit', lambda: None)
  for main in (local.main, slurm.main):
    code, out, err = launched(main, QUICK, '--variants=random', *words)
    assert code == 1 and out == '' and sentence in err
  assert list(tmp_path.iterdir()) == []


OPTIONS = {
  '--config.seed=7': '--seeds', '--config.prune_ratio=0.9': '--prune_ratios',
  '-config.variant=el2n': '--variants',
}  # fmt: skip


@pytest.mark.parametrize(('option', 'instead'), OPTIONS.items())
def test_what_a_sweep_sets_is_no_setting(tmp_path, option, instead, capsys):
  with pytest.raises(SystemExit, match=f'{option} .* take {instead}$'):
    local.main([
      QUICK, f'--workdir={tmp_path}',
      '--variants=random', '--seeds=0,1', option,
    ])  # fmt: skip
  assert capsys.readouterr().out == '' and list(tmp_path.iterdir()) == []


def test_no_jax_is_said_and_hinders_nobody(monkeypatch, capsys, tmp_path):
  looked = lambda *_, **__: type('Looked', (), {
    'stdout': '', 'stderr': "ModuleNotFoundError: No module named 'jax'",
    'returncode': 1,
  })  # fmt: skip
  monkeypatch.setattr('subprocess.run', looked)
  local.main([QUICK, f'--workdir={tmp_path}', '--variants=random', '--dry_run'])
  assert "not known here: ModuleNotFoundError: No module named 'jax'" in (
    capsys.readouterr().err
  )


def test_a_command_is_read_as_main_would_read_it():
  words = [f'{QUICK}:grand', '--workdir=x', '--config.prune_ratio=0.25',
           '--config.seed', '3', '--until=scores', '--deterministic', '-v=0',
           '--lost_after=20']  # fmt: skip
  found = forecast.configured(json.loads(json.dumps(words)))
  assert (found.variant, found.prune_ratio, found.seed) == ('grand', 0.25, 3)


def test_seeds_of_a_place_are_counted_by_the_names_of_cells():
  names = [f'random-0.5-seed{s}' for s in range(3)]
  names += ['cluster_pixels_balanced-seed1', 'grand_mid-0.25-seed10']
  assert forecast.places(names) == {
    ('random', '0.5'): 3,
    ('cluster_pixels_balanced', None): 1,
    ('grand_mid', '0.25'): 1,
  }


def test_the_deviation_is_of_finished_cells_or_not_known(tmp_path):
  assert math.isnan(forecast.deviation(tmp_path))
  assert forecast.deviation(sweeps.small(tmp_path)) == pytest.approx(1)


def test_what_is_planned_says_what_it_can_find(launched, tmp_path):
  sweeps.small(tmp_path)
  options = '--variants=random,grand', '--seeds=0,1,2', '--dry_run'
  code, _, err = launched(local.main, QUICK, *options)
  far = findable.smallest(3, 1)
  assert code == 0 and f'is {far:.1f} deviations from seed to seed' in err
  assert f'a Fréchet distance of {far:.2g} by the finished cells' in err


def test_cells_are_trained_together_on_one_device_alone(launched):
  options = (QUICK, '--variants=random', '--dry_run', '--until=select')
  several = (*options, '--together=2', '--topology=h100:4')
  code, _, err = launched(local.main, *several)
  assert code == 1 and '4 devices are here' in dashes(err)[0]
  assert launched(local.main, *several[:-1], '--topology=h100:1')[0] == 0
