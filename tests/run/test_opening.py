"""Runs that are opened."""

import json
import pathlib

import pytest

from configs import digits_quick
from prune_dm_jax.data import SOURCES
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cell_config
from prune_dm_jax.run import defaults
from prune_dm_jax.run import opening
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.stages import foreseen

OLDER = pathlib.Path(__file__).parents[1] / 'golden' / 'older'
"""A cluster_classifier cell of 2026-11-24, before some keys were there."""


def test_what_goes_on_while_data_are_opened_can_be_said(tmp_path, monkeypatch):
  heard, original = [], SOURCES['digits']

  def slow(path):
    heard.append(progress.stack[-1].what)
    return original(path)

  monkeypatch.setitem(SOURCES, 'digits', slow)
  config = digits_quick.get_config('random')
  opening.open_run(config, tmp_path)
  foreseen.set_of(config)
  assert heard == 2 * ['looking at the data'] and not progress.stack


def test_cells_that_are_older_than_some_keys_are_opened_with_the_same_names():
  cell = OLDER / 'cell'
  before = json.loads((cell / 'config.json').read_text())
  assert not {'weights', 'precision'} & {*before, *before['judge']}
  run = opening.of_cell(cell)
  facts = json.loads((cell / 'selection.json').read_text())
  assert run.source.fingerprint == facts['fingerprint']
  assert run.paths.scores.name == facts['scores']
  assert set(paths_lib.judges(run.config).values()) == {'judge'}
  assert not (OLDER / 'shared').exists()


def test_a_cell_that_is_older_than_the_crop_goes_on_with_the_centre_crop():
  path = OLDER / 'cell' / 'config.json'
  config = opening.of_cell(OLDER / 'cell').config.to_dict()
  assert config['data']['crop'] == 'center'
  artifacts.same_config(path, config, younger=cell_config.YOUNGER)
  config['data']['crop'] = 'resize'
  with pytest.raises(ValueError, match="data.crop = 'center', now .*'resize'"):
    artifacts.same_config(path, config, younger=cell_config.YOUNGER)


def test_a_cell_goes_on_beside_a_model_that_is_set_otherwise(tmp_path):
  path = tmp_path / 'config.json'
  for name, refused in (
    ('random', ''),
    ('gan_random', ''),
    ('vae_random', 'vae'),
  ):
    config = defaults.get_config(name).to_dict()
    path.write_text(json.dumps(config))
    config['vae']['beta'] = 99.0
    found = artifacts.differences(path, config)
    assert [*found] == ([f'{refused}.beta'] if refused else [])


def test_a_vae_that_is_older_than_its_temperature_has_that_of_then(tmp_path):
  config = defaults.get_config('vae_random').to_dict()
  del config['vae']['temperature']
  path = tmp_path / 'config.json'
  path.write_text(json.dumps(config))
  wanted = cell_config.of(tmp_path).to_dict()
  artifacts.same_config(path, wanted, younger=cell_config.YOUNGER)
  wanted['vae']['temperature'] = 0.5
  with pytest.raises(ValueError, match='vae.temperature = 1.0, now it is 0.5'):
    artifacts.same_config(path, wanted, younger=cell_config.YOUNGER)


@pytest.mark.parametrize('rate', [1e30, 1, 5e-324])
def test_a_cell_may_have_any_number_that_a_run_takes(tmp_path, rate):
  config = defaults.get_config('random').to_dict()
  config['judge']['learning_rate'] = rate
  (tmp_path / 'config.json').write_text(json.dumps(config))
  assert cell_config.of(tmp_path).judge.learning_rate == rate


@pytest.mark.parametrize(
  'rate', ['NaN', 'Infinity', '1' + 400 * '0', 'true', '"1"']
)
def test_a_cell_of_what_is_no_number_is_refused(tmp_path, rate):
  config = defaults.get_config('random').to_dict()
  config['judge']['learning_rate'] = 'here'
  text = json.dumps(config).replace('"here"', rate)
  (tmp_path / 'config.json').write_text(text)
  with pytest.raises(ValueError, match='judge.learning_rate is .* no cell has'):
    cell_config.of(tmp_path)
