"""A sweep's report, from files as cells leave them."""

import csv
import json

import numpy as np
import pytest
import sweeps
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import curves
from prune_dm_jax.report import evidence
from prune_dm_jax.report import headings
from prune_dm_jax.report import plain
from prune_dm_jax.report import sections
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables


@pytest.fixture
def runs(tmp_path):
  return sweeps.small(tmp_path)


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
  assert missing == {'random': [0.25], 'grand': [0.25]}


def test_the_page_its_figures_and_its_tables(runs, tmp_path):
  cell(runs, 'unpruned', 0, 1, steps=7, frechet_distance=1.0)
  page = evidence.write(into(tmp_path / 'out'), sweep.read([runs]))
  text = page.read_text()
  for part in ('1,500 steps', '7 steps', '<svg'):
    assert part in text
  *_, last = text.split('<h2>Not run</h2><span>2 cells were not run</span>')
  for name in ('random', 'grand'):
    assert f'>{name}</td><td data-label="prune ratios">0.25</td>' in last
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


@pytest.mark.slow
def test_a_page_of_200_cells_and_all_numbers_is_under_3_MB(tmp_path):
  names = ('random', 'grand', 'el2n', 'moso', 'cluster_pixels', 'a_new_one')
  runs = tmp_path / 'runs'
  runs.mkdir()
  variants = [name + end for name in names for end in ('', '_inv', '_mid')]
  for place, variant in enumerate(variants):
    for ratio in (0.25, 0.5, 0.75, 0.9):
      for seed in range(3):
        numbers = {m: 1 + place * ratio + seed / 3 for m in plain.METRICS}
        folder = cell(tmp_path, 'grand', ratio, seed, **numbers)
        folder.rename(runs / f'{variant}-{ratio:g}-seed{seed}')
  cells = sweep.read([runs])
  assert len(cells) == 216
  page = evidence.write(into(tmp_path / 'out'), cells)
  assert page.stat().st_size < 3e6


def forgotten(folder, *names):
  """Of a cell that is older than keys, as train.dynamic; its config.json."""
  path = folder / 'config.json'
  config = json.loads(path.read_text())
  for name in names:
    part, key = name.split('.')
    del config[part][key]
  path.write_text(json.dumps(config))


def test_what_an_older_cell_does_not_name_is_as_it_was_then(tmp_path):
  train = [f'train.dynamic{end}' for end in ('', '_share', '_until')]
  for seed in (0, 1, 2):
    made = sweeps.cell(tmp_path, 'unpruned', 0, seed, frechet_distance=9.0)
    if seed == 0:
      forgotten(made, *train)
    if seed == 2:
      path = made / 'config.json'
      config = json.loads(path.read_text())
      config['train']['dynamic'] = 'infobatch'
      path.write_text(json.dumps(config))
  plain, other = sweep.settings(sweep.read([tmp_path]))
  assert [cell.seed for cell in plain] == [0, 1]
  assert [cell.seed for cell in other] == [2]
  assert headings.plain(other).endswith('passes by infobatch')


def test_an_older_gan_is_not_of_another_temperature(tmp_path):
  for seed in (0, 1):
    made = sweeps.cell(tmp_path, 'gan_random', 0.5, seed, frechet_distance=9.0)
    if seed == 0:
      forgotten(made, 'gan.temperature')
  assert len(sweep.settings(sweep.read([tmp_path]))) == 2


def test_headings_of_settings_differ_by_what_differs(tmp_path):
  temperatures = {'a': 1.0, 'b': 0.8, 'c': 0.8}
  for name, temperature in temperatures.items():
    made = sweeps.cell(tmp_path / name, 'vae_random', 0.5, 0, recall=0.5)
    path = made / 'config.json'
    config = json.loads(path.read_text())
    config['vae']['temperature'] = temperature
    config['train']['batch_size'] = 32 if name == 'c' else 64
    path.write_text(json.dumps(config))
  sweeps.cell(tmp_path / 'd', 'random', 0.5, 0, steps=7, recall=0.5)
  several = sweep.settings(sweep.read([tmp_path / n for n in 'abcd']))
  assert headings.of_settings(several) == [
    'digits, 1,500 steps, guidance 1.25, train.batch_size=64, '
    'vae.temperature=1.0',
    'digits, 1,500 steps, guidance 1.25, train.batch_size=64, '
    'vae.temperature=0.8',
    'digits, 1,500 steps, guidance 1.25, train.batch_size=32, '
    'vae.temperature=0.8',
    'digits, 7 steps, guidance 1.25',
  ]


def test_as_many_steps_and_as_many_passes_are_never_in_one_place(tmp_path):
  """Each figure and each table is of one of the two, and its heading says which."""
  values = {'iterations': (0.25, 0.5), 'epochs': (0.75, 0.875)}
  for exposure, numbers in values.items():
    for variant, ratio, value in zip(
      ('random', 'unpruned'), (0.5, 0), numbers, strict=True
    ):
      made = sweeps.cell(tmp_path / exposure, variant, ratio, 0, recall=value)
      path = made / 'config.json'
      config = json.loads(path.read_text())
      config['train']['exposure'] = exposure
      path.write_text(json.dumps(config))
  cells = sweep.read([tmp_path / exposure for exposure in values])
  several = sweep.settings(cells)
  for own, numbers in zip(several, values.values(), strict=True):
    found = {v for c in sweep.by_place(own).values()
             for v in sweep.values(c, 'recall')}  # fmt: skip
    assert found == {*numbers}
  assert headings.of_settings(several) == [
    'digits, 1,500 steps, guidance 1.25',
    'digits, 1,500 steps, guidance 1.25, fewer where fewer are kept',
  ]
  text = evidence.write(into(tmp_path / 'out'), cells).read_text()
  for exposure, prefix in zip(values, ('', '1-'), strict=True):
    assert text.count(sections.EXPOSED[exposure]) == 1
    for name in ('curves', 'cells'):
      with open(tmp_path / f'out/tables/{prefix}{name}.csv') as file:
        rows = [*csv.DictReader(file)]
      column = {'curves': 'mean', 'cells': 'value'}[name]
      assert {float(row[column]) for row in rows} == {*values[exposure]}


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


def test_cells_of_one_name_that_select_otherwise_are_told_apart(tmp_path):
  one = sweeps.cell(tmp_path / 'a', 'cluster_pixels', 0.5, 0, recall=0.5)
  other = sweeps.cell(tmp_path / 'b', 'cluster_pixels', 0.5, 0, recall=0.25)
  path = other / 'config.json'
  config = json.loads(path.read_text())
  config['score'] |= {'num_clusters': 40, 'inertia_ks': [1, 2, 3]}
  path.write_text(json.dumps(config))
  cells = sweep.read([tmp_path / 'a', tmp_path / 'b'])
  assert {c.variant: c.folder for c in cells} == {
    'cluster_pixels': one,
    'cluster_pixels+num_clusters=40': other,
  }
  assert sweep.settings(cells) == [cells]
  assert len(sweep.read([tmp_path / 'a', tmp_path / 'a'])) == 1


def test_a_cell_from_before_a_key_is_told_from_one_that_uses_it(tmp_path):
  older, newer = (
    sweeps.cell(tmp_path / name, 'random', 0.5, 0, recall=0.5) for name in 'ab'
  )
  config = json.loads((older / 'config.json').read_text())
  del config['select']['pruned']
  (older / 'config.json').write_text(json.dumps(config))
  for pruned, more in (
    ('drop', []),
    ('high_noise', ['random+pruned=high_noise']),
  ):
    config['select']['pruned'] = pruned
    (newer / 'config.json').write_text(json.dumps(config))
    cells = sweep.read([tmp_path / 'a', tmp_path / 'b'])
    assert [c.variant for c in cells] == ['random', *more]


def test_a_model_that_nothing_guides_has_no_cell_by_another_guidance(tmp_path):
  folder = sweeps.cell(tmp_path, 'gan_random', 0.5, 0, recall=0.5)
  path = folder / 'config.json'
  config = json.loads(path.read_text())
  config['sample'] = config.get('sample', {}) | {'other_weights': [2.0]}
  path.write_text(json.dumps(config))
  assert len(sweep.read([tmp_path])) == 1
