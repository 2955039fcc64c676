"""report.html of a cell whose names would command a browser, and the last lines."""

import itertools
import json
import logging
import re

import hostile
import numpy as np
import pyarrow.parquet as pq
import pytest

from configs import image_folder
from prune_dm_jax import stages
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.report import files
from prune_dm_jax.run import opening
from prune_dm_jax.stages import made
from prune_dm_jax.stages import report

EVIL = '"><script>alert(1)</script>'
NUMBERS = ('frechet_distance', 'recall', 'copies', 'vendi', 'a_new_one')


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  """A Run whose cell has selected, and then been judged as is written here."""
  folder = tmp_path_factory.mktemp('report')
  config = image_folder.get_config('random,small')
  config.data.path = str(hostile.pictures(folder / 'set'))
  config.data.image_size = 8
  stages.run_until(config, folder / 'runs', 'select')
  (cell,) = folder.glob('runs/*-seed0')
  write(cell)
  return opening.of_cell(cell)


def write(cell):
  row = dict(
    value=0.5, low=0.25, high=0.75, n=64, n_reference=8, settings={},
    reference='held-out pictures', backbone=EVIL, warning=f'few; {EVIL}',
  )  # fmt: skip
  some = [
    row | dict(metric=name, of=of)
    for of in ('samples', 'reconstructions')
    for name in NUMBERS
  ]
  pairs = dict(generated=[0, 1], training=[2, 3], ratio=[0.5, 0.6])
  settings = dict(seed=0, checkpoint_step=1)
  (cell / 'samples').mkdir()
  for name, value in (('metrics', some), ('nearest', pairs),
                      ('samples/settings', settings)):  # fmt: skip
    (cell / f'{name}.json').write_text(json.dumps(value))
  pictures = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), np.uint8)
  np.save(cell / 'samples/images.npy', pictures)
  np.save(cell / 'samples/labels.npy', np.arange(64) % 3)


@pytest.fixture
def cell(run):
  (found,) = run.workdir.glob('random-*')
  return found


@pytest.fixture
def text(run, cell, monkeypatch):
  monkeypatch.setattr(made, 'training', lambda *_: [])  # Nothing was trained.
  return report.report(run, cell)


def test_names_command_nothing_and_nothing_comes_from_elsewhere(text):
  assert hostile.is_harmless(text, files=files.ABOUT)
  assert 'alert(1)' in text and 'src="http' not in text


def test_a_heading_is_at_most_one_below_the_one_before_it(text):
  levels = [int(n) for n in re.findall('<h([1-6])', text)]
  assert levels[0] == 1 and levels.count(1) == 1
  assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_every_number_is_there_once_whatever_it_is_called(text):
  assert [text.count(f'<code>{name}</code>') for name in NUMBERS] == [1] * 5
  assert text.count('class="panel"') == 3  # No precision here.


def test_the_lines_of_pictures_are_kept_and_pruned_as_the_manifest_has_it(
  cell, text
):
  reason = pq.read_table(cell / 'manifest.parquet')['reason'].to_pylist()
  lines = text.split('<div class="line">')[1:]
  for name, line in zip(('kept', 'pruned'), lines, strict=True):
    own = line.split('</div>')[0]
    assert re.findall('<img class="([a-z]+)"', own) == [name] * reason.count(
      name
    )


def test_every_link_to_a_file_is_to_one_that_is_there(cell, text):
  linked = re.findall('<td[^>]*><a href="([^"]+)"', text)
  assert {'kept.txt', 'samples/images.npy'} <= set(linked)
  assert all((cell / name).is_file() for name in linked)


def test_a_damaged_neighbour_is_left_out_and_the_report_is_made(cell, caplog):
  other = cell.with_name('unpruned-0-seed0')
  other.mkdir()
  (other / 'metrics.json').write_text('[')
  with caplog.at_level(logging.WARNING, logger='absl'):
    assert report.others(cell) == {}
  assert 'left out of the report' in caplog.text


def test_the_last_lines_are_the_outcome_what_is_kept_and_the_page(
  run, cell, caplog, monkeypatch
):
  monkeypatch.setattr(stages, 'build', lambda *_: cell / 'report.html')
  with caplog.at_level(logging.INFO, logger='absl'):
    stages.run_until(run.config, run.workdir, 'report')
  lines = [record.getMessage() for record in caplog.records][-3:]
  kept = (cell / 'kept.txt').read_text().count('\n')
  assert lines[0].startswith(f'outcome: {kept} of ')
  assert lines[1] == f'kept: {cell / "kept.txt"}, {kept} keys'
  assert lines[2] == f'done: {cell / "report.html"}'


def test_fid_is_called_so_by_inception_alone(cell):
  row = dict(metric='frechet_distance', backbone='inception')
  assert rows_lib.called(row) == 'FID'
  assert 'FID' not in report.outcome(cell)
