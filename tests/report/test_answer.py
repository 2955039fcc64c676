"""What a sweep answers: what is beyond chance beside random."""

import numpy as np
import pytest
import sweeps
from scipy import stats
from sweeps import cell

from prune_dm_jax.report import answer
from prune_dm_jax.report import sweep


@pytest.fixture
def runs(tmp_path):
  return sweeps.small(tmp_path)


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
