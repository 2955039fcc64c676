"""Each place beside random pruning and beside the whole set, in a sweep's report."""

import numpy as np
import pytest
from scipy import stats
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import evidence
from prune_dm_jax.report import sweep
from prune_dm_jax.report import whole


@pytest.fixture
def runs(tmp_path):
  """Three seeds each, that are as far apart everywhere."""
  numbers = dict(unpruned=29, random=31, grand=55, cluster_pixels=5)
  for seed, off in enumerate((-1.0, 0.0, 1.0)):
    for name, value in numbers.items():
      ratio = 0 if name == 'unpruned' else 0.5
      cell(
        tmp_path, name, ratio, seed, frechet_distance=value + off, recall=0.5
      )
  return tmp_path


def table(runs):
  cells, metric = sweep.read([runs]), 'frechet_distance'
  return whole.table(cells, metric, whole.against(cells, metric))


def test_random_too_is_held_against_the_whole_set_and_all_share_the_error(runs):
  """Of Welch's interval with 4 degrees of freedom, as all vary alike."""
  found = whole.against(sweep.read([runs]), 'frechet_distance')
  half = stats.t.ppf(1 - 0.05 / 2 / 3, 16 ** (1 / 3)) * np.sqrt(2 / 3)
  beyond = {place[0]: (d.beyond, d.half) for place, d in found.items()}
  assert beyond == {
    'random': (2, pytest.approx(half)),
    'grand': (26, pytest.approx(half)),
    'cluster_pixels': (-24, pytest.approx(half)),
  }


def test_a_row_a_place_the_best_first_beside_both(runs):
  header, rows = table(runs)
  assert header[-3:] == ('Fréchet distance', *whole.HEADER[-2:])
  assert [row[0] for row in rows] == [
    'cluster_pixels', 'unpruned', 'random', 'grand'
  ]  # fmt: skip
  best, itself, random, _ = rows
  assert best[1:5] == ('0.5', '50', '3', '5 (4 to 6)')
  assert best[5].startswith('-26 ± ') and best[6].startswith('-24 ± ')
  assert best[5].endswith('better') and best[6].endswith('better')
  assert itself[5:] == ('', '') and random[5] == ''
  assert random[6] == '+2 ± 4.7'  # 5.74 deviations of the mean of three, twice.


def test_what_is_trained_on_otherwise_is_beside_the_whole_set_alone(runs):
  for seed, value in enumerate((1.0, 2.0, 3.0)):
    made = cell(runs / 'other', 'unpruned', 0, seed, frechet_distance=value)
    made.rename(runs / f'unpruned+balance=class-0-seed{seed}')
  _, rows = table(runs)
  assert rows[0][0] == 'unpruned+balance=class'
  assert rows[0][5] == '' and rows[0][6].startswith('-27 ± ')


def test_the_page_has_tables_of_what_was_measured_and_what_could_be_found(runs):
  text = evidence.write(into(runs / 'out'), sweep.read([runs])).read_text()
  names = {path.name for path in (runs / 'out' / 'tables').glob('beside_w*.md')}
  assert names == {'beside_whole_frechet_distance.md', 'beside_whole_recall.md'}
  assert (
    '3 comparisons share an error of 5 %; their intervals are ± 4.7' in text
  )


def test_without_the_whole_set_there_is_no_such_chapter(tmp_path):
  for name in ('random', 'grand'):
    cell(tmp_path, name, 0.5, 0, frechet_distance=3.0)
  text = evidence.write(into(tmp_path / 'out'), sweep.read([tmp_path]))
  assert 'Beside the whole set</' not in text.read_text()
  assert not list((tmp_path / 'out' / 'tables').glob('beside_whole_*'))
