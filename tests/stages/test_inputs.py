"""Files of others: a cell knows what was in those that it was made of."""

import json

import pytest

from configs import digits_quick
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import lpips
from prune_dm_jax.run import inputs
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import scores
from prune_dm_jax.stages import select


def opened(workdir, **settings):
  config = digits_quick.get_config('random')
  config.update_from_flattened_dict(settings)
  return opening.open_run(config, workdir)


def selected(workdir, **settings):
  """A Run, and its cell."""
  run = opened(workdir, **settings)
  scores.build(run)
  return run, select.build(run)


def of_all(config):
  return {**inputs.of_training(config), **inputs.of_judges(config)}


FILES = {
  'dit.init': ('dit.safetensors', {}),
  'judge.network': (BACKBONES['lite0'].file, {'judge.network': 'lite0'}),
  'judge.precision': (BACKBONES['vgg16'].file, {'judge.precision': 'vgg16'}),
  'judge.memorization': (BACKBONES['clip'].file, {'judge.memorization': 'clip'}),
  'autoencoder.perceptual': (lpips.FILE, {'autoencoder.perceptual': 1.0}),
}  # fmt: skip


@pytest.mark.parametrize('key', FILES)
def test_another_file_of_weights_under_its_name_is_refused(key, tmp_path):
  name, settings = FILES[key]
  file = tmp_path / name
  file.write_text('one')
  settings = {**settings, 'weights': str(tmp_path)}
  if key == 'dit.init':
    settings['dit.init'] = str(file)
  run, cell = selected(tmp_path / 'w', **settings)
  for name, text in (('cells', 'one'), ('noted', 'two'), ('again', 'two')):
    file.write_text(text)
    cells.check(run, cell)  # Before anything is made of it, it may change.
    if name != 'cells':
      inputs.note(cell, of_all(run.config))
  for change in (lambda: file.write_text('six'), file.unlink):
    change()
    for refused in (
      lambda: cells.check(run, cell),
      lambda: inputs.note(cell, of_all(run.config)),
    ):
      with pytest.raises(ValueError, match=rf'config.{key} it was made with'):
        refused()
  file.write_text('two')  # As the sentence says.
  cells.check(run, cell)


def test_a_list_to_begin_with_that_is_written_over_is_refused(tmp_path):
  file = tmp_path / 'first.txt'
  whole = opened(tmp_path / 'w')
  keys, train = whole.source.keys, whole.train
  file.write_text(keys[train[0]] + '\n')
  settings = {'select.begin_with': str(file)}
  run, cell = selected(tmp_path / 'w', **settings)
  file.write_text(keys[train[1]] + '\n')
  for refused in (select.build, lambda run: cells.check(run, cell)):
    with pytest.raises(ValueError, match='begin_with it was made with'):
      refused(run)
  assert selected(tmp_path / 'other', **settings)[1] != cell
  file.write_text(keys[train[0]] + '\n')
  assert select.build(run) == cell


def test_a_list_to_train_on_that_is_written_over_is_another_cell(tmp_path):
  file, found = tmp_path / 'own.txt', []
  run = opened(tmp_path / 'w')
  for i in (0, 1):
    file.write_text(run.source.keys[run.train[i]] + '\n')
    found.append(
      select.build(opened(tmp_path / 'w', **{'select.file': str(file)}))
    )
  assert found[0] != found[1]


def test_scores_that_are_no_longer_those_are_refused(tmp_path):
  run, cell = selected(tmp_path / 'w')
  path = cell / 'selection.json'
  facts = json.loads(path.read_text())
  path.write_text(json.dumps({**facts, 'scores': 'scores_random-0'}))
  (cell / 'digests.json').unlink()
  with pytest.raises(
    ValueError, match='was chosen by scores_random-0, and now'
  ):
    cells.check(run, cell)


def test_cells_of_before_are_accepted_and_noted_as_they_go_on(tmp_path):
  run, cell = selected(tmp_path / 'w')
  assert not (cell / inputs.NAME).exists()
  run.config.dit.init = str(tmp_path / 'dit')
  (tmp_path / 'dit').write_text('one')
  inputs.check_all(run.config, cell)
  inputs.note(cell, inputs.of_training(run.config))
  noted = json.loads((cell / inputs.NAME).read_text())
  assert noted['dit.init']['file'] == run.config.dit.init


def test_versions_and_the_device_are_written_beside_and_name_nothing(
  tmp_path, monkeypatch
):
  run, cell = selected(tmp_path / 'w')
  for file in (cell / 'selection.json', run.paths.scores / 'time.json'):
    made = json.loads(file.read_text())['made_with']
    assert made.keys() == {'prune_dm_jax', 'jax', 'device'}
    assert made['device'] == 'cpu' and 'sources' in made['prune_dm_jax']
  monkeypatch.setattr(opening.jax, '__version__', '9')
  assert opened(tmp_path / 'w').paths == run.paths
