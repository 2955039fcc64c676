"""Workdirs that an earlier version left are opened, and give what they gave.

tests/fixtures/ has them, by the version; its make.py makes one of today's.
"""

import json
import pathlib
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
import tiny

from prune_dm_jax.commands import diff
from prune_dm_jax.commands import explain
from prune_dm_jax.commands import export
from prune_dm_jax.commands import report
from prune_dm_jax.stages import dry_run

FIXTURES = pathlib.Path(__file__).parents[1] / 'fixtures'
MADE = sorted(p.name for p in FIXTURES.iterdir() if (p / 'workdir').is_dir())
CLUSTERED, RANDOM = (
  pathlib.Path(f'workdir/{name}-0.5-seed0')
  for name in ('cluster_pixels', 'random')
)


@pytest.fixture(params=MADE)
def older(request, tmp_path, monkeypatch):
  """A copy of a workdir, beside its data, as the working folder."""
  copy = shutil.copytree(FIXTURES / request.param, tmp_path / 'older')
  monkeypatch.chdir(copy)
  return copy


def state(folder):
  return {
    p: p.read_bytes()
    for p in folder.rglob('*')
    if p.is_file() and '.locks' not in p.parts
  }


def test_its_cells_are_explained_compared_exported_and_told_of(older, capsys):
  before = state(older / 'workdir' / CLUSTERED.name)
  kept = (CLUSTERED / 'kept.txt').read_text()
  first = kept.splitlines()[0]
  explain.explain(explain.options([str(CLUSTERED), first]))
  assert 'kept: method cluster' in capsys.readouterr().out
  diff.diff(diff.options([str(CLUSTERED), str(RANDOM)]))
  assert 'kept by both' in capsys.readouterr().out
  export.export(export.options([str(CLUSTERED), '--to=txt', '--out=all.txt']))
  assert pathlib.Path('all.txt').read_text() == kept
  export.export(export.options([str(CLUSTERED), '--to=links', '--out=tree']))
  assert len([*pathlib.Path('tree').rglob('*.png')]) == len(kept.splitlines())
  report.report(report.options(['workdir', '--out=page']))
  assert 'cluster_pixels' in pathlib.Path('page/index.html').read_text()
  assert state(older / 'workdir' / CLUSTERED.name) == before


def test_what_it_kept_is_what_would_be_kept_today(older):
  said = dry_run.foresee(
    tiny.config('set', 'cluster_pixels'), pathlib.Path('workdir')
  )
  index = np.load(CLUSTERED / 'kept_idx.npy')
  table = pq.read_table(CLUSTERED / 'manifest.parquet')
  facts = json.loads((CLUSTERED / 'selection.json').read_text())
  assert np.flatnonzero(table['keep'].to_numpy()).tolist() == index.tolist()
  assert facts['kept'] == len(index) and f'{len(index)} kept' in said
