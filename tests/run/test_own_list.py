"""A list of one's own beside the split of the data."""

import json
import logging

import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import select


def configured(path, **overrides):
  config = digits_quick.get_config('random')
  config.select.file = str(path)
  config.update_from_flattened_dict(overrides)
  return config


@pytest.fixture
def split(tmp_path):
  """The run that knows the split, and a list of 9 to train on and 3 not."""
  run = opening.open_run(configured(''), tmp_path)
  path = tmp_path / 'mine.txt'
  asked = [*run.train[5:14], *run.held_out[:3]]
  path.write_text('\n'.join(run.source.keys[i] for i in asked))
  return run, path


def test_held_out_pictures_are_refused_before_anything_is_trained(split):
  run, path = split
  with pytest.raises(ValueError) as error:
    stages.run_until(configured(path), run.workdir, 'train')
  first = run.source.keys[run.held_out[0]]
  assert f'3 of its 12 examples are held out for judging, first {first!r}' in (
    str(error.value)
  )
  assert 'select.only_training' in str(error.value)
  assert [p.name for p in run.workdir.iterdir()] == ['mine.txt']


def test_a_list_is_cut_to_the_training_split_and_says_by_how_many(
  split, caplog
):
  run, path = split
  caplog.set_level(logging.INFO)
  config = configured(path, **{'select.only_training': True})
  stages.run_until(config, run.workdir, 'select')
  (cell,) = run.workdir.glob('file_mine_*')
  np.testing.assert_array_equal(np.load(cell / 'kept_idx.npy'), run.train[5:14])
  said = [line for line in caplog.messages if 'are not trained on' in line]
  assert said == [
    f'{path}: 3 of its 12 examples are not trained on: 3 held out for judging'
  ]
  assert any('9 kept, 890 pruned' in line for line in caplog.messages)


def test_a_list_of_nothing_but_held_out_pictures_is_refused(split):
  run, path = split
  path.write_text('\n'.join(run.source.keys[i] for i in run.held_out[:3]))
  config = configured(path, **{'select.only_training': True})
  with pytest.raises(ValueError, match='nothing of this list is in the train'):
    stages.run_until(config, run.workdir, 'select')


def test_a_cell_that_is_older_than_the_flag_goes_on_with_its_names(tmp_path):
  config = configured('')
  stages.run_until(config, tmp_path, 'select')
  cell = tmp_path / 'random-0.5-seed0'
  older = json.loads((cell / 'config.json').read_text())
  del older['select']['only_training']
  artifacts.write_json(cell / 'config.json', older)
  (cell / 'digests.json').unlink()
  run = opening.of_cell(cell)
  assert run.config.select.only_training is False
  cells.check(opening.open_run(config, tmp_path), cell)
  config.select.only_training = True
  assert opening.open_run(config, tmp_path).paths == run.paths


def test_the_indices_of_another_cell_are_refused_for_other_data(tmp_path):
  config = configured('')
  stages.run_until(config, tmp_path, 'select')
  cell = tmp_path / 'random-0.5-seed0'
  found = opening.open_run(configured(cell / 'kept_idx.npy'), tmp_path)
  kept = select.choose(found, None)
  np.testing.assert_array_equal(kept, np.load(cell / 'kept_idx.npy'))
  facts = json.loads((cell / 'selection.json').read_text())
  artifacts.write_json(cell / 'selection.json', facts | {'fingerprint': 'e'})
  (cell / 'digests.json').unlink()
  again = opening.open_run(configured(cell / 'kept_idx.npy'), tmp_path)
  with pytest.raises(ValueError, match='kept_idx.npy: a list of other data'):
    select.choose(again, None)
