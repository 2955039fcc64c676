"""A sweep's report, from files as cells leave them."""

import csv
import functools
import json

import numpy as np
import pytest
from scipy import stats

from configs import digits
from prune_dm_jax.commands import report
from prune_dm_jax.report import answer
from prune_dm_jax.report import costs
from prune_dm_jax.report import curves
from prune_dm_jax.report import evidence
from prune_dm_jax.report import models
from prune_dm_jax.report import planes
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables


def cell(workdir, variant, ratio, seed, *, steps=1500, **metrics):
  """A finished cell, without pictures."""
  folder = workdir / f'{variant}-{ratio:g}-seed{seed}'
  folder.mkdir(parents=True)
  config = digits.get_config(variant)
  config.train.steps, config.seed = steps, seed
  row = lambda name, value: dict(
    metric=name, of='samples', value=value, low=value, high=value, n=10,
    n_reference=10, warning='few', settings={'much': 'text'},
  )  # fmt: skip
  files = {
    'config': config.to_dict(),
    'selection': dict(fingerprint='f', kept=round(100 * (1 - ratio))),
    'metrics': [row(*pair) for pair in metrics.items()],
  }
  for name, value in files.items():
    (folder / f'{name}.json').write_text(json.dumps(value))
  return folder


def into(folder):
  return functools.partial(report.text, folder)


@pytest.fixture
def runs(tmp_path):
  """Random with three seeds at one ratio, two variants with one."""
  for seed, value in enumerate((30.0, 31.0, 32.0)):
    cell(tmp_path, 'random', 0.5, seed, frechet_distance=value, copies=0.0)
  cell(tmp_path, 'unpruned', 0, 0, frechet_distance=29.0, copies=0.25)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=50.0)
  cell(tmp_path, 'cluster_pixels', 0.5, 0, frechet_distance=5.0)
  cell(tmp_path, 'cluster_pixels', 0.25, 0, frechet_distance=20.0)
  return tmp_path


def test_the_best_is_named_beside_random_with_its_interval(runs):
  cells = sweep.read([runs])
  found = answer.against_random(cells, 'frechet_distance')
  assert {(d.variant, d.prune_ratio) for d in found} == {
    ('grand', 0.5), ('cluster_pixels', 0.5)
  }  # fmt: skip
  (best,) = answer.best(found, 'frechet_distance')
  half = stats.t.ppf(1 - 0.05 / 2 / 2, 2) * 1.0 * np.sqrt(1 + 1 / 3)
  assert (best.variant, best.beyond) == ('cluster_pixels', -26)
  assert best.half == pytest.approx(half)
  first, second = answer.sentences(cells)
  assert 'take cluster_pixels at a prune ratio of 0.5: 5 (1 seed)' in first
  assert '1 of 2 comparisons' in first and 'better than the whole' in second


def test_of_several_that_beat_random_the_best_comes_first(tmp_path):
  for seed, value in enumerate((0.5, 0.501)):
    cell(tmp_path, 'random', 0.5, seed, f_score=value)
  for name, value in {'grand': 0.9, 'el2n': 0.95, 'moso': 0.8}.items():
    cell(tmp_path, name, 0.5, 0, f_score=value)
  cells = sweep.read([tmp_path])
  found = answer.best(answer.against_random(cells, 'f_score'), 'f_score')
  assert [d.variant for d in found] == ['el2n', 'grand', 'moso']


def test_what_is_beyond_chance_is_said_beside_random(runs):
  header, rows = answer.table(sweep.read([runs]), 'frechet_distance')
  assert header == ('variant', '0.5')
  assert [row[0] for row in rows] == ['grand', 'cluster_pixels']
  assert rows[0][1].startswith('+19 ± ') and rows[0][1].endswith(', worse')
  assert rows[1][1].startswith('-26 ± ') and rows[1][1].endswith(', better')


def test_nothing_beats_random_where_the_best_is_within_chance(tmp_path):
  for seed, value in enumerate((30.0, 34.0)):
    cell(tmp_path, 'random', 0.5, seed, frechet_distance=value)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=28.0)
  (said,) = answer.sentences(sweep.read([tmp_path]))
  assert 'nothing beats random here' in said


def test_without_two_seeds_there_is_no_answer(tmp_path):
  cell(tmp_path, 'random', 0.5, 0, frechet_distance=30.0)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=3.0)
  cells = sweep.read([tmp_path])
  (said,) = answer.sentences(cells)
  assert said.endswith('nothing was run with two seeds.')
  assert answer.table(cells, 'frechet_distance')[1] == [('grand', '-27')]


def test_higher_is_better_of_the_f_score(tmp_path):
  for seed, value in enumerate((0.5, 0.51)):
    cell(tmp_path, 'random', 0.5, seed, f_score=value)
  cell(tmp_path, 'grand', 0.5, 0, f_score=0.1)
  (said,) = answer.sentences(sweep.read([tmp_path]), 'f_score')
  assert 'nothing beats random' in said


def test_a_curve_has_the_mean_and_the_extremes_of_its_seeds(runs):
  found = curves.points(sweep.read([runs]), 'frechet_distance')
  assert list(found) == ['unpruned', 'random', 'grand', 'cluster_pixels']
  np.testing.assert_array_equal(found['random'], [[0.5, 31, 30, 32]])
  np.testing.assert_array_equal(found['cluster_pixels'][:, 0], [0.25, 0.5])


def test_variants_stand_by_method_and_then_by_direction(tmp_path):
  names = ['unpruned', 'random', 'grand', 'grand_inv', 'moso', 'moso_mid',
           'cluster_pixels', 'cluster_pixels_balanced']  # fmt: skip
  for name in sorted(names, key=len):
    cell(tmp_path, name, 0.5, 0, copies=0.0)
  assert sweep.variants(sweep.read([tmp_path])) == names


def test_a_key_that_older_cells_lack_sets_none_apart(runs):
  older = runs / 'grand-0.5-seed0' / 'config.json'
  config = json.loads(older.read_text())
  del config['data']['imbalance']
  older.write_text(json.dumps(config))
  assert len(sweep.settings(sweep.read([runs, runs]))) == 1
  assert len(sweep.read([runs, runs])) == 7
  config['data']['held_out'] = 0.3
  older.write_text(json.dumps(config))
  assert [len(s) for s in sweep.settings(sweep.read([runs]))] in (
    [1, 6],
    [6, 1],
  )


def test_what_was_not_run_is_said(runs):
  missing = tables.not_run(sweep.read([runs]))
  assert missing == ['random at 0.25', 'grand at 0.25']


def test_the_page_its_figures_and_its_tables(runs, tmp_path):
  cell(runs, 'unpruned', 0, 1, steps=7, frechet_distance=1.0)
  page = evidence.write(into(tmp_path / 'out'), sweep.read([runs]))
  text = page.read_text()
  for part in ('Not run: random at 0.25', '1,500 steps', '7 steps', '<svg'):
    assert part in text
  assert '<script' not in text and 'nan' not in text
  assert (tmp_path / 'out' / 'figures' / 'frechet_distance.svg').exists()
  with open(tmp_path / 'out' / 'tables' / 'curves.csv') as file:
    rows = list(csv.DictReader(file))
  (random,) = [r for r in rows if r['variant'] == 'random'
               and r['metric'] == 'frechet_distance']  # fmt: skip
  assert (random['seeds'], random['mean']) == ('3', '31')
  memory = (tmp_path / 'out' / 'tables' / 'memorisation.md').read_text()
  assert '| random | 0.5 | 50 | 3 | 0 (0 to 0) |' in memory
  assert 'Validation' in memory and '| unpruned | 0 | 100 | 1 |' in memory


def test_small_results_give_the_same_page(runs, tmp_path):
  spent = runs / 'random-0.5-seed0' / 'dit'
  spent.mkdir()
  (spent / 'time.json').write_text('{"seconds": 12.5, "resumed": false}')
  report.results(tmp_path / 'results', sweep.read([runs]))
  (folder,) = (tmp_path / 'results').iterdir()
  assert folder.name == 'digits_1_500_steps'
  one, other = sweep.read([runs]), sweep.read([folder])
  for cells in (one, other):
    evidence.write(into(tmp_path / str(cells is one)), cells)
  for path in (tmp_path / 'True').rglob('*.*'):
    same = tmp_path / 'False' / path.relative_to(tmp_path / 'True')
    assert same.read_text() == path.read_text()
  assert costs.of(other[0])['training'] in (12.5, None)
  assert 'much' not in (folder / 'grand-0.5-seed0/metrics.json').read_text()


def test_results_of_another_configuration_are_not_written_over(runs, tmp_path):
  cells = sweep.read([runs])
  report.results(tmp_path / 'results', cells)
  cells[0].config['score']['restarts'] = 3
  with pytest.raises(ValueError, match='score.restarts'):
    report.results(tmp_path / 'results', cells)


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
  half = stats.t.ppf(0.975, 2) * np.sqrt(0.5)  # of 1/2 from 1/2 seeds to seed
  assert half == pytest.approx(3.04, abs=0.01)
  assert rows == [
    ('DiT', '30.5', '+0 ± 3'),
    ('GAN', '10.5', '+20 ± 3, worse'),
    ('VAE', '20.5', '+1 ± 3'),
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


def test_cells_older_than_the_key_are_of_a_dit_and_of_one_setting(runs):
  older = runs / 'grand-0.5-seed0' / 'config.json'
  config = json.loads(older.read_text())
  for key in ('model', 'vae', 'gan'):
    del config[key]
  older.write_text(json.dumps(config))
  cell(runs, 'gan_random', 0.5, 0, frechet_distance=1.0)
  (own,) = sweep.settings(sweep.read([runs]))
  assert {c.variant: c.model for c in own if c.variant.startswith('g')} == {
    'grand': 'dit', 'gan_random': 'gan'
  }  # fmt: skip


def test_a_plane_is_of_the_two_widest_axes():
  x = np.random.default_rng(0).standard_normal((200, 4)) * [1, 9, 0.1, 4]
  seen = planes.plane(x)(x)
  assert abs(np.corrcoef(seen[:, 0], x[:, 1])[0, 1]) > 0.99
  assert abs(np.corrcoef(seen[:, 1], x[:, 3])[0, 1]) > 0.99
  assert planes.scatter(seen, np.arange(200) % 20).startswith('<svg')
