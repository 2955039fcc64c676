"""Which cells of a sweep stand in one place, and at which ratio."""

import json

import pytest
import sweeps
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import answer
from prune_dm_jax.report import evidence
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table
from prune_dm_jax.report import tables


@pytest.fixture
def runs(tmp_path):
  return sweeps.small(tmp_path)


def changed(folder, file, **values):
  """Writes over keys of one of a cell's files; a dict is joined to what is there."""
  path = folder / f'{file}.json'
  found = json.loads(path.read_text())
  for key, value in values.items():
    found[key] = found[key] | value if isinstance(value, dict) else value
  path.write_text(json.dumps(found))


def test_a_ratio_that_follows_from_the_data_is_expected_of_no_other(runs):
  made = cell(runs, 'dedup', 0.0342, 0, frechet_distance=3.0)
  changed(made, 'config', select={'ratio_from': 'twins'})
  cells = sweep.read([runs])
  assert tables.not_run(cells) == {'random': [0.25], 'grand': [0.25]}
  assert sweep.ratios(cells) == [0.25, 0.5]


def test_a_list_of_ones_own_stands_beside_random_that_keeps_as_many(runs):
  for seed in (0, 1):
    made = cell(runs, 'random', 0.3, seed, frechet_distance=4.0 + seed)
    list_cell = made.with_name(f'file_mine_1234abcd-seed{seed}')
    made.rename(list_cell)
    changed(list_cell, 'selection', kept=50, prune_ratio=0.4996)
    cell(runs, 'random', 0.3, seed, frechet_distance=9.0)
  found = sweep.by_place(sweep.read([runs]))
  assert len(found['file_mine_1234abcd', 0.5]) == 2
  found = answer.against(sweep.read([runs]), 'frechet_distance')
  assert [d.beyond for d in found if d.variant.startswith('file')] == [-26.5]
  assert evidence.write(into(runs / 'out'), sweep.read([runs]))
  alone = runs / 'alone'
  alone.mkdir()
  list_cell.rename(alone / list_cell.name)
  assert [c.prune_ratio for c in sweep.read([alone])] == [0.4996]
  assert evidence.write(into(runs / 'out'), sweep.read([alone]))
  assert table.rows(table.cells([alone]))[0]['prune_ratio'] == '0.4996'


def test_what_an_older_cell_lacks_joins_no_two_that_differ_in_it(tmp_path):
  for steps, momentum in ((1, None), (2, 0.9), (3, 0.5)):
    made = cell(tmp_path / str(steps), 'random', 0.5, steps, copies=0.0)
    if momentum:
      changed(made, 'config', train={'momentum': momentum})
  read = lambda *numbers: sweep.read([tmp_path / str(n) for n in numbers])
  assert len(sweep.settings(read(1, 2))) == 1
  assert [len(s) for s in sweep.settings(read(2, 3))] == [1, 1]
  assert [len(s) for s in sweep.settings(read(1, 2, 3))] == [1, 1, 1]


def test_a_number_that_the_first_seed_has_not_is_that_of_the_next(tmp_path):
  first = cell(tmp_path, 'random', 0.5, 0, copies=0.1)
  cell(tmp_path, 'random', 0.5, 1, copies=0.1, nearest_was_kept=0.25)
  cells = sweep.read([tmp_path])
  assert tables.over_seeds(cells, 'nearest_was_kept') == '0.25 [0.25 to 0.25]'
  assert first and tables.over_seeds(cells, 'recall') == '–'
