"""The command that reports on a sweep, and the small files that it keeps."""

import hashlib
import json
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
  of = {cell.folder.name: costs.of(cell)['training'] for cell in other}
  assert of['random-0.5-seed0'] == 12.5 and of['grand-0.5-seed0'] is None
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


def test_results_of_results_keep_the_lists_too(runs, tmp_path):
  cells = sweep.read([runs])
  for cell in cells:
    path = cell.folder / 'kept.txt'
    path.write_bytes(b'a\r\n' * len(cell.variant))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (cell.folder / 'selection.json').write_text(
      json.dumps(cell.facts | {'hashes': {'kept.txt': digest}})
    )
  first, second = tmp_path / 'first', tmp_path / 'second'
  report.results(first, sweep.read([runs]))
  (setting,) = [path for path in first.iterdir() if path.name != 'kept']
  report.results(second, sweep.read([setting]))
  lists = lambda out: {p.name: p.read_bytes() for p in (out / 'kept').iterdir()}
  assert lists(first) == lists(second) and len(lists(first)) > 2


def test_results_name_no_folder_of_a_machine_and_are_written_again(tmp_path):
  made = sweeps.cell(tmp_path, 'random', 0.5, 0, recall=0.5)
  path = made / 'config.json'
  config = json.loads(path.read_text()) | {'weights': '/home/me/weights'}
  config['data']['path'] = '/home/me/pictures'
  config['score']['scores'] = '/home/me/known.csv'
  path.write_text(json.dumps(config))
  for _ in range(2):
    report.results(tmp_path / 'r', sweep.read([tmp_path]))
  (kept,) = (tmp_path / 'r').rglob('config.json')
  found = json.loads(kept.read_text())
  assert (found['weights'], found['data']['path']) == ('weights', 'pictures')
  assert found['score']['scores'] == 'known.csv'
  assert '/home' not in kept.read_text()
  assert json.loads(path.read_text()) == config


def test_below_zero_is_no_other_name_than_above_it(runs, tmp_path):
  for place, seed in (('a', 1), ('b', -1)):
    made = sweeps.cell(tmp_path / place, 'random', 0.5, 0, recall=0.5)
    changed(made, 'moso', subsets_seed=seed)
  report.results(tmp_path / 'r', sweep.read([tmp_path / 'a', tmp_path / 'b']))
  assert len(list((tmp_path / 'r').glob('digits_1_500_steps*'))) == 2


def test_a_name_is_as_long_as_a_disk_takes_in_bytes():
  for name in ('\uc810' * 90, 'a' * 300):
    assert len(report.short_name(name).encode()) < 120


def files(folder):
  return {p: p.stat().st_mtime_ns for p in folder.rglob('*') if p.is_file()}


def test_results_of_another_configuration_are_not_written_over(runs, tmp_path):
  """Nor is anything written beside them."""
  *_, last = cells = sweep.read([runs])
  report.results(tmp_path / 'results', [last])
  before = files(tmp_path / 'results')
  last.config['score']['restarts'] = 3
  with pytest.raises(ValueError, match='score.restarts'):
    report.results(tmp_path / 'results', cells)
  assert files(tmp_path / 'results') == before


def changed(folder, part, **values):
  """The folder of a cell whose configuration says something else."""
  path = folder / 'config.json'
  config = json.loads(path.read_text())
  config[part] |= values
  path.write_text(json.dumps(config))
  return folder


def test_of_two_ways_of_a_model_both_results_are_kept(tmp_path):
  for name, value in (('a', 0.5), ('b', 1.5)):
    folder = sweeps.cell(tmp_path / name, 'vae_random', 0.5, 0, recall=value)
    changed(folder, 'vae', temperature=value)
  report.results(
    tmp_path / 'results', sweep.read([tmp_path / 'a', tmp_path / 'b'])
  )
  for folder in (tmp_path / 'results').iterdir():
    (cell,) = sweep.read([folder])
    assert cell.value('recall') == cell.config['vae']['temperature']
    end = f'vae_temperature_{cell.value("recall")}'.replace('.', '_')
    assert folder.name.endswith(end)
  assert len([*(tmp_path / 'results').iterdir()]) == 2


def test_cells_of_one_name_that_select_otherwise_are_both_kept(tmp_path):
  for name, number in (('a', 20), ('b', 40)):
    folder = sweeps.cell(tmp_path / name, 'el2n', 0.5, 0, recall=number)
    changed(folder, 'score', num_clusters=number, scores='/' + 300 * name)
  report.results(
    tmp_path / 'results', sweep.read([tmp_path / 'a', tmp_path / 'b'])
  )
  (folder,) = (tmp_path / 'results').iterdir()
  found = {cell.variant: cell.value('recall') for cell in sweep.read([folder])}
  assert found.pop('el2n') == 20 and [*found.values()] == [40]


def test_what_would_be_two_cells_in_one_folder_is_refused(tmp_path):
  for name in 'ab':
    folder = sweeps.cell(tmp_path / name, 'random', 0.5, 0, recall=0.5)
    changed(folder, 'data', name={'a': 'my-own', 'b': 'my_own'}[name])
  cells = sweep.read([tmp_path / 'a', tmp_path / 'b'])
  with pytest.raises(ValueError, match='would both be kept as'):
    report.results(tmp_path / 'results', cells)
  assert not (tmp_path / 'results').exists()


def test_a_folder_without_cells_is_one_sentence(tmp_path):
  process = subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax', 'report', str(tmp_path)],
    capture_output=True, text=True, check=False,
  )  # fmt: skip
  assert process.returncode == 1
  (line,) = process.stderr.splitlines()
  assert line.startswith(f'prune_dm_jax: no finished cell in {tmp_path}')


def test_a_workdir_without_cells_is_said_and_one_that_is_none_is_refused(
  tmp_path, caplog
):
  names = ('some', 'some/random-0.5-seed0', 'empty')
  some, cell, empty = (tmp_path / name for name in names)
  for folder in (cell, empty):
    folder.mkdir(parents=True)
  (cell / 'metrics.json').write_text('[]')
  assert report.found([some, empty]) == [cell]
  assert f'no finished cell in {empty}' in caplog.text
  for wrong in ([some, tmp_path / 'smoe'], [empty], []):
    with pytest.raises(ValueError, match='no finished cell in'):
      report.found(wrong)


def test_a_page_in_a_file_is_refused_before_anything_is_read(tmp_path):
  cell = tmp_path / 'random-0.5-seed0'
  cell.mkdir()
  (cell / 'metrics.json').write_text('')
  given = report.options([str(tmp_path), f'--out={cell / "metrics.json"}'])
  with pytest.raises(ValueError, match=f'--out={cell}/metrics.json: .* a file'):
    report.report(given)
