"""A method in a package of one's own, found by its entry point."""

import logging
import os
import subprocess
import sys

import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import packages
from prune_dm_jax.run import checks
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import variants

ROW = """
def scores(given, *, key, temperature):
  score = given['features'][:].sum(axis=1) * temperature
  return score, score, 0 * score.astype(int)

ROW = dict(needs=('features',), keep='low', options=(), scores=scores,
           defaults={'temperature': 2.0})
"""


def install(folder, points, source=ROW, version='1.2'):
  """A package as pip leaves it: a module, and a folder of what it is."""
  about = folder / f'mine_of_test-{version}.dist-info'
  about.mkdir()
  (about / 'METADATA').write_text(
    f'Metadata-Version: 2.1\nName: mine-of-test\nVersion: {version}\n'
  )
  (about / 'entry_points.txt').write_text(
    ''.join([f'[{packages.GROUP}]\n', *(f'{p}\n' for p in points)])
  )
  (folder / 'mine_of_test.py').write_text(source)


@pytest.fixture
def here(tmp_path, monkeypatch):
  """A folder that Python finds packages in, and forgets."""
  monkeypatch.syspath_prepend(tmp_path)
  monkeypatch.delitem(sys.modules, 'mine_of_test', raising=False)
  return tmp_path


def test_a_package_that_is_installed_has_its_method_among_ours(
  here, monkeypatch
):
  assert 'mine' not in METHODS
  install(here, ['mine = mine_of_test:ROW'])
  row = packages.found(METHODS)['mine']
  assert row.version == 'mine-of-test 1.2'
  monkeypatch.setitem(METHODS, 'mine', row)
  rows = {n: r for pair in variants.pairs() for n, r in variants.ways(*pair)}
  assert rows['mine_pixels_inv']['keep'] == 'high'
  assert rows['mine_clip_mid']['keep'] == 'middle'
  features = np.ones((2, 3), np.float32)
  found = row.scores({'features': features}, key=None, **row.defaults)
  assert found[0].tolist() == [6, 6] and row.options == ('temperature',)


def test_scores_of_another_version_are_others_and_have_its_own_settings(
  here, monkeypatch
):
  install(here, ['mine = mine_of_test:ROW'])
  row = packages.found(METHODS)['mine']
  config = digits_quick.get_config('cluster_pixels')
  config.score.update(method='mine', temperature=2.0)
  name = lambda: paths_lib.locate(config, 'print', 'runs').scores.name
  found = set()
  for version in ('1.2', '1.3'):
    monkeypatch.setitem(METHODS, 'mine', row._replace(version=version))
    checks.check(config, devices=1)
    found.add(name())
  config.score.temperature = 3.0
  assert len({*found, name()}) == 3
  assert all(n.startswith('scores_mine_pixels-') for n in found)


WRONG = {
  'an error of its own': ('mine = mine_of_test:ROW', '1 / 0', 'ZeroDivision'),
  'no such name': ('mine = mine_of_test:RAW', ROW, 'RAW'),
  'no such module': ('mine = gone_of_test:ROW', ROW, 'gone_of_test'),
  'one of ours': ('grand = mine_of_test:ROW', ROW, 'one of that name'),
  'no name': ('Mine! = mine_of_test:ROW', ROW, 'lower case'),
  'no direction': (
    'mine = mine_of_test:ROW', ROW.replace("'low'", "'best'"), "'best'",
  ),
  'no such need': (
    'mine = mine_of_test:ROW', ROW.replace("('features',)", "('sound',)"),
    'take some of features',
  ),
  'an end of its own': (
    'mine = mine_of_test:ROW', 'raise SystemExit(3)', 'SystemExit',
  ),
  'no such option': (
    'mine = mine_of_test:ROW', ROW.replace('options=()', "options=('warmth',)"),
    "options has 'warmth', which is no key",
  ),
  'a key of others': (
    'mine = mine_of_test:ROW', ROW.replace("'temperature': 2", "'diversity': 2"),
    "defaults has 'diversity', which config.score has",
  ),
  'no field': (
    'mine = mine_of_test:ROW', ROW.replace('defaults', 'default'), 'default',
  ),
}  # fmt: skip


@pytest.mark.parametrize('name', WRONG)
def test_what_cannot_be_taken_is_left_out_and_said_in_one_line(
  here, name, caplog
):
  point, source, said = WRONG[name]
  install(here, [point], source)
  with caplog.at_level(logging.WARNING):
    assert packages.found(METHODS) == {}
  (line,) = [r.getMessage() for r in caplog.records]
  assert 'of mine-of-test 1.2 is left out' in line and said in line
  assert '\n' not in line


ASKED = """
from configs import digits_quick
from prune_dm_jax.run import cell_config
from prune_dm_jax.stages import cells, scores, select
from prune_dm_jax.run import opening
import sys
config = digits_quick.get_config('mine_pixels_inv')
assert config.score.temperature == 2.0 == cell_config.YOUNGER['score']['temperature']
run = opening.open_checked(config, sys.argv[1], judged=False)
scores.build(run)
print(select.build(run).name)
"""


@pytest.mark.slow
def test_an_installed_method_prunes_without_a_line_of_ours(tmp_path):
  install(tmp_path, ['mine = mine_of_test:ROW'])
  path = os.pathsep.join([str(tmp_path), *sys.path])
  process = subprocess.run(
    [sys.executable, '-c', ASKED, tmp_path / 'runs'],
    env=os.environ | {'PYTHONPATH': path}, capture_output=True, text=True,
  )  # fmt: skip
  assert process.stdout.split() == ['mine_pixels_inv-0.5-seed0'], process.stderr
