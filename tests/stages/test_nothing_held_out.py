"""config.data.held_out=0: a verdict on every picture, and no judge."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.run import opening
from prune_dm_jax.stages import latents


def configured(**overrides):
  config = digits_quick.get_config('random')
  config.update_from_flattened_dict({'data.held_out': 0.0, **overrides})
  return config


def test_every_picture_has_a_verdict(tmp_path):
  stages.run_until(configured(), tmp_path, 'gallery')
  (cell,) = tmp_path.glob('random-*')
  reasons = pq.read_table(cell / 'manifest.parquet')['reason'].to_pylist()
  assert len(reasons) == 1797 and set(reasons) == {'kept', 'pruned'}
  facts = json.loads((cell / 'selection.json').read_text())
  assert facts['held_out'] == 0 and facts['kept'] + facts['pruned'] == 1797
  assert 'held out' not in (cell / 'gallery.html').read_text()


JUDGED = ['judge', 'evaluate', 'report']


@pytest.mark.parametrize('last', JUDGED)
@pytest.mark.parametrize('share', [0.0, 0.0002])
def test_what_judges_is_refused_before_any_work(tmp_path, last, share):
  config = configured(**{'data.held_out': share})
  with pytest.raises(ValueError, match=f'held_out is {share}, .*--until=samp'):
    stages.run_until(config, tmp_path, last)
  assert not list(tmp_path.iterdir())


def test_the_header_of_latents_has_no_error_of_pictures_that_are_not_there(
  tmp_path,
):
  run = opening.open_run(configured(), tmp_path)
  (tmp_path / 'errors').mkdir()
  np.save(tmp_path / 'errors' / '00000.npy', np.full(1797, 0.5, np.float32))
  facts = latents.header(run, {}, np.eye(4), np.ones(4), tmp_path)
  said = json.loads(json.dumps(facts, allow_nan=False))
  assert said['reconstruction_error_train'] == 0.5
  assert said['reconstruction_error_held_out'] is None
