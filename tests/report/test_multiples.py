"""Curves of what differs: panels of one scale, and nothing that does not."""

import re

import numpy as np
import pytest
from sweeps import cell

from prune_dm_jax.report import models
from prune_dm_jax.report import multiples
from prune_dm_jax.report import sweep

PATHS = re.compile(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"')


@pytest.fixture
def runs(tmp_path):
  """Random at two ratios; grand is worse at one, its inverse nowhere."""
  values = {
    'random': (30.0, 30.0),
    'grand': (31.0, 90.0),
    'grand_inv': (30.0, 31.0),
  }
  for name, pair in values.items():
    for ratio, value in zip((0.5, 0.9), pair, strict=True):
      for seed in (0, 1):
        cell(tmp_path, name, ratio, seed, frechet_distance=value + seed)
  for seed in (0, 1):
    cell(tmp_path, 'el2n', 0.5, seed, frechet_distance=30.0 + seed)
  return tmp_path


def test_only_what_is_beyond_chance_is_drawn_and_the_others_are_named(runs):
  html, alike = multiples.of_what_differs(
    sweep.read([runs]), 'frechet_distance'
  )
  assert re.findall('<b>(.*?)</b> (.*?)<', html) == [('grand', 'worse at 0.9')]
  assert alike == ['grand_inv', 'el2n']
  assert 'grand_inv' not in html and 'el2n' not in html
  assert len(PATHS.findall(html)) == 2  # random and grand


def test_a_line_goes_up_where_the_number_does_in_the_scale_of_its_lines(runs):
  html, _ = multiples.of_what_differs(sweep.read([runs]), 'frechet_distance')
  ticks = {
    float(t): float(y)
    for y, t in re.findall(r'M38 ([\d.]+)H230"/><text[^>]*>([\d.]+)<', html)
  }
  (low, high) = min(ticks), max(ticks)
  assert ticks[high] < ticks[low]  # SVG counts from the top.
  at = lambda v: (
    ticks[low] + (v - low) / (high - low) * (ticks[high] - ticks[low])
  )
  _, grand = PATHS.findall(html)
  left, first, right, last = map(float, grand)
  assert (left, right) == (38, 230)
  assert (first, last) == pytest.approx((at(31.5), at(90.5)), abs=0.1)


def test_in_full_every_family_has_a_panel_with_its_inverse(runs):
  html = multiples.of_all(sweep.read([runs]), 'frechet_distance')
  assert re.findall('<b>(.*?)</b>', html) == ['grand', 'el2n']
  assert html.count('stroke-dasharray') == 1
  assert 'grand_inv 31.5 at 0.9' in html


def test_nothing_is_drawn_where_nothing_differs(tmp_path):
  cell(tmp_path, 'random', 0.5, 0, frechet_distance=30.0)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=3.0)
  cells = sweep.read([tmp_path])
  assert multiples.of_what_differs(cells, 'frechet_distance')[0] == ''


def test_equal_numbers_at_one_ratio_have_a_place(tmp_path):
  for seed in (0, 1):
    cell(tmp_path, 'random', 0.5, seed, copies=0.0)
    cell(tmp_path, 'el2n', 0.5, seed, copies=0.0)
  html = multiples.of_all(sweep.read([tmp_path]), 'copies')
  assert 'nan' not in html and '>0.5<' in html


def test_numbers_that_are_all_the_same_have_lines_that_can_be_told_apart():
  for value in (0.0, 4.73, 4.73 * (1 + 1e-12)):
    *_, ticks = multiples.scales(
      {'a': np.array([[0.5, 4.73 * (value > 0), value, value]])}
    )
    assert len({f'{t:.4g}' for t in ticks}) == len(ticks) > 2


def test_models_are_in_one_panel_a_number(tmp_path):
  for model in ('', 'gan_', 'vae_'):
    for name, ratio in {'unpruned': 0, 'random': 0.5}.items():
      cell(tmp_path, model + name, ratio, 0, recall=0.5 + ratio)
  found = models.compared(sweep.read([tmp_path]))
  html = multiples.together(found, ('recall', 'f_score'))
  assert re.findall('<b>(.*?)</b>', html) == ['Recall ↑ higher is better']
  assert len(PATHS.findall(html)) == 3 and 'GAN 1 at 0.5' in html
