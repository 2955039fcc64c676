"""Cells of someone else: their names and numbers are shown, or refused."""

import json
import xml.etree.ElementTree as xml

import hostile
import pytest
import sweeps
from sweeps import into

from prune_dm_jax.report import evidence
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table
from prune_dm_jax.report import tables

EVIL = ('<svg onload=alert(1)>', '$\\frac{', '"><script>alert(2)<', 'a|b & c')


def test_variants_by_such_names_are_shown_on_the_page_of_a_sweep(tmp_path):
  runs = sweeps.small(tmp_path / 'runs')
  for seed, name in enumerate(EVIL):
    folder = sweeps.cell(runs, 'el2n', 0.5, seed, frechet_distance=4.0)
    folder.rename(runs / f'{name}-0.5-seed{seed}')
  sweeps.cell(tmp_path / 'b', 'grand', 0.5, 0, frechet_distance=4.0)
  path = tmp_path / 'b/grand-0.5-seed0/config.json'
  config = json.loads(path.read_text())
  config['score']['scores'] = '</span><script>'
  path.write_text(json.dumps(config))
  cells = sweep.read([runs, tmp_path / 'b'])
  assert any('<script>' in cell.variant for cell in cells)
  page = evidence.write(into(tmp_path / 'out'), cells)
  assert hostile.is_harmless(page.read_text())
  for drawing in (tmp_path / 'out/figures').iterdir():
    tags = {e.tag.rpartition('}')[2] for e in xml.parse(drawing).iter()}
    assert 'script' not in tags and 'foreignObject' not in tags


@pytest.mark.parametrize('name', ['../../x', '/tmp/x', '.', '', 'a/b', 'a\nb'])
def test_a_metric_that_would_be_a_file_elsewhere_is_refused(tmp_path, name):
  folder = sweeps.cell(tmp_path, 'random', 0.5, 0, **{name: 1.0})
  said = f'{folder}/metrics.json: .* is no name of a metric'
  with pytest.raises(ValueError, match=said):
    sweep.read([tmp_path])


@pytest.mark.parametrize(
  ('file', 'text', 'said'),
  [
    ('config.json', '{"a":', 'not what a run writes there'),
    ('config.json', '[]', 'not what a run writes there'),
    ('config.json', '{"seed": 0}', 'its data.name is not there'),
    ('selection.json', '{"kept": true, "fingerprint": "f"}', 'its kept is True'),
    ('selection.json', '', 'not what a run writes there'),
    ('inputs.json', '{"judge.network": 1}', 'its sha256 is not there'),
    ('metrics.json', '[1]', 'its metric is not there'),
    ('metrics.json', '[' * 100_000, 'not what a run writes there'),
  ],
)  # fmt: skip
def test_a_damaged_file_of_a_cell_is_named(tmp_path, file, text, said):
  folder = sweeps.cell(tmp_path, 'random', 0.5, 0, recall=1.0)
  (folder / file).write_text(text)
  with pytest.raises(ValueError, match=f'{folder / file}: {said}'):
    sweep.read([tmp_path])


def test_fields_and_cells_of_tables_end_where_they_should():
  rows = [{'v': '=1+cmd|x'}, {'v': '+0.1 ± 0.2'}, {'v': -1.5}, {'v': 'a\rb'}]
  rows += [{'v': '-2+3+cmd|x'}, {'v': '@x'}]
  assert tables.csv(rows) == (
    "v\n'=1+cmd|x\n+0.1 ± 0.2\n-1.5\n\"a\rb\"\n'-2+3+cmd|x\n'@x\n"
  )
  assert table.cell('a|b\nc') == 'a\\|b c'
