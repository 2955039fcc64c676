"""The table of many cells, from their files alone."""

import json

import pytest

from prune_dm_jax.report import table


def cell(workdir, name, *, kept, **metrics):
  """A finished cell: each metric is value, low, high, of the samples."""
  folder = workdir / name
  folder.mkdir(parents=True)
  (folder / 'selection.json').write_text(
    json.dumps({'kept': kept, 'fingerprint': 'f'})
  )
  of = lambda name, of, row: dict(
    zip(('value', 'low', 'high'), row, strict=True), metric=name, of=of
  )
  rows = [of(name, 'samples', row) for name, row in metrics.items()]
  rows.append(of('inception_score', 'training pictures', (9, 8, 10)))
  (folder / 'metrics.json').write_text(json.dumps(rows))


def test_cells_of_several_folders_and_what_was_not_asked(tmp_path):
  cell(tmp_path / 'a', 'random-0.5-seed0', kept=5, frechet=(1.2345, None, None))
  cell(tmp_path / 'b', 'moso_inv-0.25-seed1', kept=7, share=(0.5, 0.0, 0.75))
  (tmp_path / 'a' / 'grand-0.5-seed0').mkdir()  # Not finished.
  cell(tmp_path / 'a', 'no cell', kept=3)
  found = table.cells([tmp_path / 'a', tmp_path / 'b'])
  assert table.markdown(table.rows(found)).splitlines() == [
    '| workdir | variant | prune_ratio | seed | kept | frechet | share |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    f'| {tmp_path}/a | random | 0.5 | 0 | 5 | 1.23 | not run |',
    f'| {tmp_path}/b | moso_inv | 0.25 | 1 | 7 | not run | 0.5 (0 to 0.75) |',
  ]


def test_metrics_are_chosen_and_an_unknown_one_is_named(tmp_path):
  cell(tmp_path, 'random-0.5-seed0', kept=5, a=(1, 0, 2), b=(2, 1, 3))
  rows = table.rows(table.cells([tmp_path]))
  (row,) = table.chosen(rows, ['b'])
  assert list(row) == ['variant', 'prune_ratio', 'seed', 'kept', 'b']
  with pytest.raises(ValueError, match="metric 'c'; choose from a, b"):
    table.chosen(rows, ['c'])
