"""Differences inside each shared seed, and how they vary over these."""

import json

import numpy as np
import pytest
from scipy import stats
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import anew
from prune_dm_jax.report import evidence
from prune_dm_jax.report import families
from prune_dm_jax.report import sweep

LEVELS = (10.0, 20.0, 60.0)
"""Of random pruning; one of a shared seed."""

BEYOND = (-3.0, -2.0, -4.0)
"""Of cluster_pixels beside it, far less than these differ."""


def of_shared_seed(folder, shared_seed, ratio, name, seed, value):
  made = cell(folder, name, ratio, seed, frechet_distance=value, f_score=0.5)
  path = made / 'config.json'
  config = json.loads(path.read_text()) | {'shared_seed': shared_seed}
  path.write_text(json.dumps(config))


@pytest.fixture
def runs(tmp_path):
  """Three shared seeds of two seeds each, the whole set in two of them."""
  folders = [tmp_path / str(k) for k in range(3)]
  for k, (folder, level, beyond) in enumerate(
    zip(folders, LEVELS, BEYOND, strict=True)
  ):
    for seed, off in enumerate((-1, 1)):
      put = lambda *args, k=k, folder=folder: of_shared_seed(folder, k, *args)
      put(0.5, 'random', seed, level + off)
      put(0.5, 'cluster_pixels', seed, level + beyond + 2 * off)
      if k:
        put(0, 'unpruned', seed, level + 1)
  return folders


def family(folders):
  several = sweep.settings(sweep.read(folders))
  (found,) = families.differing_in(several, anew.KEY)
  return found


def test_differences_are_inside_a_shared_seed_and_vary_over_them(runs):
  """By hand: -3, -2, -4 have a mean of -3 and a deviation of 1."""
  header, rows = anew.table(family(runs), 'frechet_distance')
  assert header == (
    'variant', 'prune ratio', 'shared seeds', 'Fréchet distance',
    'beside random', 'beside the whole set',
  )  # fmt: skip
  pixels, random, whole = rows
  assert pixels[:4] == ('cluster_pixels', '0.5', '3', '27 (7 to 56)')
  half = stats.t.ppf(0.975, 2) / np.sqrt(3)
  assert pixels[4] == f'-3 ± {half:.2g}, better'
  assert random[:5] == ('random', '0.5', '3', '30 (10 to 60)', '')
  assert whole == ('unpruned', '0', '2', '41 (21 to 61)', '', '')


def test_beside_the_whole_set_are_those_that_have_it_and_share_the_error(runs):
  *_, last = anew.table(family(runs), 'frechet_distance')[1][0]
  half = stats.t.ppf(1 - 0.025 / 2, 1)  # -3 and -5, of two comparisons.
  assert last == f'-4 ± {half:.2g}'


def test_what_rounding_makes_differ_tells_nothing_of_chance():
  own, other = np.array([[0.3, 0.8, 0.9], [0.1, 0.6, 0.7]])
  assert (own - other).std() > 0  # In the last digit.
  found = anew.difference(('random', 0.5), own, other, 1)
  assert np.isnan(found.half)


def test_what_fewer_shared_seeds_have_is_no_record(runs):
  of_shared_seed(runs[0], 0, 0.5, 'grand', 0, 2.0)
  *_, last = anew.table(family(runs), 'frechet_distance')[1]
  assert last[:3] == ('grand', '0.5', '1')


def test_a_model_of_another_kind_has_no_place_there(runs):
  for k, folder in enumerate(runs):
    of_shared_seed(folder, k, 0.5, 'vae_random', 0, 1.0)
  rows = anew.table(family(runs), 'frechet_distance')[1]
  assert 'vae_random' not in [row[0] for row in rows]


def test_the_page_has_it_where_shared_seeds_differ_alone(runs, tmp_path):
  evidence.write(into(tmp_path / 'out'), sweep.read(runs))
  text = (tmp_path / 'out' / 'index.html').read_text()
  assert text.count('<h2>All drawn anew') == 1
  made = (tmp_path / 'out' / 'tables' / 'anew_f_score.md').read_text()
  assert '0.5 (0.5 to 0.5) | +0, not enough seeds |' in made
  evidence.write(into(tmp_path / 'one'), sweep.read(runs[:1]))
  assert not (tmp_path / 'one' / 'tables' / 'anew_f_score.md').exists()
