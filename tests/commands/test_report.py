"""The command that reports on a sweep, and the small files that it keeps."""

import hashlib
import subprocess
import sys

import pytest
import sweeps
from sweeps import into

from prune_dm_jax.commands import report
from prune_dm_jax.report import costs
from prune_dm_jax.report import evidence
from prune_dm_jax.report import sweep


@pytest.fixture
def runs(tmp_path):
  return sweeps.small(tmp_path)


def test_small_results_give_the_same_page(runs, tmp_path):
  spent = runs / 'random-0.5-seed0' / 'dit'
  spent.mkdir()
  (spent / 'time.json').write_text('{"seconds": 12.5, "resumed": false}')
  report.results(tmp_path / 'results', sweep.read([runs]))
  (folder,) = (tmp_path / 'results').iterdir()
  assert folder.name == 'digits_1_500_steps_guidance_1_25'
  one, other = sweep.read([runs]), sweep.read([folder])
  for cells in (one, other):
    evidence.write(into(tmp_path / str(cells is one)), cells)
  for path in (tmp_path / 'True').rglob('*.*'):
    same = tmp_path / 'False' / path.relative_to(tmp_path / 'True')
    assert same.read_text() == path.read_text()
  assert costs.of(other[0])['training'] in (12.5, None)
  assert 'much' not in (folder / 'grand-0.5-seed0/metrics.json').read_text()


def test_a_list_of_several_cells_is_kept_once_under_its_hash(runs, tmp_path):
  cells = sweep.read([runs])
  for cell in cells:
    ratio = cell.config['prune_ratio']
    (cell.folder / 'kept.txt').write_text(f'digit-{ratio}\n')
  (cells[0].folder / 'kept.txt').write_text('x' * (report.LONGEST + 1))
  report.results(tmp_path / 'results', cells)
  found = list((tmp_path / 'results' / 'kept').iterdir())
  assert len(found) == len({cell.config['prune_ratio'] for cell in cells[1:]})
  for path in found:
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:12] == path.stem


def test_results_of_another_configuration_are_not_written_over(runs, tmp_path):
  cells = sweep.read([runs])
  report.results(tmp_path / 'results', cells)
  cells[0].config['score']['restarts'] = 3
  with pytest.raises(ValueError, match='score.restarts'):
    report.results(tmp_path / 'results', cells)


def test_a_folder_without_cells_is_one_sentence(tmp_path):
  process = subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax', 'report', str(tmp_path)],
    capture_output=True, text=True, check=False,
  )  # fmt: skip
  assert process.returncode == 1
  (line,) = process.stderr.splitlines()
  assert line.startswith(f'prune_dm_jax: no finished cell in {tmp_path}')
