"""The one table of a sweep: differences from random, sorted, on one scale."""

import re

import pytest
from sweeps import cell

from prune_dm_jax.report import answer
from prune_dm_jax.report import standings
from prune_dm_jax.report import sweep

ROW = re.compile('<tr><td[^>]*>.*?</i>(.*?)</span></td>(.*?)</tr>')


@pytest.fixture
def runs(tmp_path):
  """Random, and what is far better and far worse, with three seeds each."""
  for name, value in dict(random=31.0, grand=50.0, cluster_pixels=5.0).items():
    for seed in range(3):
      cell(tmp_path, name, 0.5, seed, frechet_distance=value + seed - 1)
  return tmp_path


def table(folder, metric='frechet_distance'):
  return standings.table(sweep.read([folder]), metric)


def rows(html):
  """variant -> what stands to the right of it."""
  return dict(ROW.findall(html))


def test_a_row_says_its_difference_and_whether_it_is_beyond_chance(runs):
  found = rows(table(runs))
  assert list(found) == ['cluster_pixels', 'grand']
  assert 'class="beyond better"' in found['cluster_pixels']
  assert 'class="beyond worse"' in found['grand']
  assert '>-26 ± ' in found['cluster_pixels'] and '>+19 ± ' in found['grand']


def test_dots_of_all_ratios_are_on_the_scale_of_the_line_of_random(tmp_path):
  for ratio in (0.5, 0.9):
    for seed, value in enumerate((30.0, 32.0)):
      cell(tmp_path, 'random', ratio, seed, frechet_distance=value)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=41.0)
  cell(tmp_path, 'grand', 0.9, 0, frechet_distance=51.0)
  html = table(tmp_path)
  (zero,) = map(float, re.findall(r'--random:([\d.]+)%', html))
  at = [float(x) for x in re.findall(r'<b style="left:([\d.]+)%', html)]
  assert at[1] - zero == pytest.approx(2 * (at[0] - zero), abs=0.02)
  assert at[0] > zero


def test_the_line_of_random_is_on_the_scale_where_all_are_far_from_it(tmp_path):
  for name, value in dict(random=30.0, grand=90.0, el2n=91.0).items():
    for seed in range(3):
      cell(tmp_path, name, 0.5, seed, frechet_distance=value + seed / 100)
  (zero,) = map(float, re.findall(r'--random:(-?[\d.]+)%', table(tmp_path)))
  assert 0 < zero < 10


def test_the_best_comes_first_at_either_end_and_with_cells_missing(tmp_path):
  for seed in (0, 1):
    numbers = dict(frechet_distance=30.0 + seed, recall=0.5)
    cell(tmp_path, 'random', 0.5, seed, **numbers)
    cell(tmp_path, 'random', 0.9, seed, **numbers)
  for name, value in {'el2n': 1.0, 'moso': 2.0, 'grand': 3.0}.items():
    cell(tmp_path, name, 0.9, 0, frechet_distance=value, recall=value / 10)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=9.0, recall=0.5)
  assert list(rows(table(tmp_path))) == ['el2n', 'grand', 'moso']
  assert list(rows(table(tmp_path, 'recall'))) == ['grand', 'moso', 'el2n']
  assert rows(table(tmp_path))['moso'].count('not run') == 1


def test_one_seed_has_dots_and_no_interval(tmp_path):
  cell(tmp_path, 'random', 0.5, 0, frechet_distance=30.0)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=3.0)
  html = table(tmp_path)
  assert '<b style=' in html and '<i style="left' not in html
  assert 'class="beyond "' in html and 'nan' not in html


def test_the_least_difference_that_can_be_told_is_said(runs):
  cells = sweep.read([runs])
  found = answer.against(cells, 'frechet_distance')
  half = min(d.half for d in found)
  said = standings.side(cells, 'frechet_distance')
  assert f'No difference below {half:.2g} could be told' in said
  assert said.count('left of the upright line is better') == 1
  assert standings.least([d._replace(half=float('nan')) for d in found]) == ''


def test_without_random_there_is_no_table(tmp_path):
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=3.0)
  assert table(tmp_path) == ''


def test_every_column_is_named_in_its_cells_where_they_become_cards(runs):
  html = table(runs)
  assert html.count('data-label="0.5"') == 2
