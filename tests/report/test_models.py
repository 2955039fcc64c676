"""Other models beside the DiT, in a sweep's report."""

import json

import numpy as np
import pytest
from scipy import stats
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import costs
from prune_dm_jax.report import evidence
from prune_dm_jax.report import models
from prune_dm_jax.report import sweep


@pytest.fixture
def three_models(tmp_path):
  """Each with two seeds; the GAN falls by 20, the DiT not at all."""
  falls = {'': (30, 30), 'gan_': (10, 30), 'vae_': (20, 21)}
  for prefix, values in falls.items():
    places = zip((('unpruned', 0), ('random', 0.5)), values, strict=True)
    for (name, ratio), value in places:
      for seed in (0, 1):
        numbers = dict(frechet_distance=value + seed, f_score=0.5)
        cell(tmp_path, prefix + name, ratio, seed, **numbers)
  return tmp_path


def test_a_model_is_beside_its_own_whole_set(three_models):
  found = models.compared(sweep.read([three_models]))
  header, rows = models.table(found, 'frechet_distance')
  assert header == ('model', 'whole set', '0.5')
  half = stats.t.ppf(0.975, 2 ** (1 / 3)) * np.sqrt(
    0.5
  )  # of 1/2 from 1/2 seeds to seed
  assert half == pytest.approx(5.6, abs=0.01)
  assert rows == [
    ('DiT', '30.5', '+0 ± 5.6'),
    ('GAN', '10.5', '+20 ± 5.6, worse'),
    ('VAE', '20.5', '+1 ± 5.6'),
  ]


def test_other_models_have_their_own_figure_and_no_other(three_models):
  cell(three_models, 'grand', 0.5, 0, frechet_distance=9.0, f_score=0.9)
  place = three_models / 'out'
  text = evidence.write(into(place), sweep.read([three_models])).read_text()
  names = ('VAE', 'GAN', 'DiT')
  drawn = (place / 'figures' / 'models.svg').read_text()
  assert all(f'>{name}<' in drawn for name in names) and 'grand' not in drawn
  legend = text.split('class="legend"')[1].split('</div>')[0]
  assert 'grand' in legend and 'gan_' not in legend
  assert (place / 'tables' / 'models_f_score.md').exists()
  assert (
    'gan_random'
    not in (place / 'tables' / 'beside_random_frechet_distance.md').read_text()
  )
  assert 'Not run: grand' not in text and 'gan_unpruned at' not in text


def test_a_model_stands_beside_a_dit_whatever_that_says_of_it(three_models):
  of_vae = three_models / 'vae_random-0.5-seed0' / 'config.json'
  for path in three_models.glob('*/config.json'):
    config = json.loads(path.read_text())
    config['vae']['beta'] = 3.0 if 'vae' in path.parent.name else 99.0
    path.write_text(json.dumps(config))
  (own,) = sweep.settings(sweep.read([three_models]))
  assert {cell.model for cell in own} == {'dit', 'vae', 'gan'}
  config = json.loads(of_vae.read_text())
  config['vae']['beta'] = 1.0
  of_vae.write_text(json.dumps(config))
  first, second = sweep.settings(sweep.read([three_models]))
  assert len(first) + len(second) == 12
  assert {cell.model for cell in second} == {'vae'}


def test_a_model_that_was_not_run_unpruned_has_nothing_to_fall_from(tmp_path):
  cell(tmp_path, 'random', 0.5, 0, frechet_distance=1.0)
  cell(tmp_path, 'vae_random', 0.5, 0, frechet_distance=1.0)
  found = models.compared(sweep.read([tmp_path]))
  _, rows = models.table(found, 'frechet_distance')
  assert rows == [('DiT', 'not run', 'not run'), ('VAE', 'not run', 'not run')]


def test_training_saved_is_of_the_same_model(tmp_path):
  for name, ratio, spent in (
    ('unpruned', 0, 50.0), ('gan_unpruned', 0, 9.0), ('gan_random', 0.5, 8.0)
  ):  # fmt: skip
    folder = cell(tmp_path, name, ratio, 0, copies=0.0)
    made = folder / ('gan' if 'gan' in name else 'dit')
    made.mkdir()
    (made / 'time.json').write_text(
      json.dumps({'seconds': spent, 'resumed': False})
    )
  _, rows = costs.rows(sweep.read([tmp_path]))
  assert {row[0]: row[-2:] for row in rows} == {
    'unpruned': (50.0, 0.0), 'gan_unpruned': (9.0, 0.0),
    'gan_random': (8.0, 1.0),
  }  # fmt: skip
