"""Any file of a cell, damaged: commands read it, or refuse it in a sentence.

Of cells of an earlier version, which have no digests, nothing is noticed by them.
"""

import json
import pathlib
import shutil

import mutants
import numpy as np
import pytest

from prune_dm_jax.commands import diff
from prune_dm_jax.commands import explain
from prune_dm_jax.commands import export

OLD = pathlib.Path(__file__).parents[1] / 'fixtures' / 'made_by_0.1'
CELL, OTHER = 'workdir/cluster_pixels-0.5-seed0', 'workdir/random-0.5-seed0'
KEY = (OLD / CELL / 'kept.txt').read_text().splitlines()[0]
COMMANDS = (
  lambda: explain.explain(explain.options([CELL, KEY])),
  lambda: diff.diff(diff.options([CELL, OTHER])),
  lambda: export.export(export.options([CELL, '--to=txt', '--out=all.txt'])),
  lambda: export.export(export.options([CELL, '--to=links', '--out=tree'])),
)


def damaged(path, whole, rng, of_values):
  """Other bytes of a file; of a JSON also another value, well written."""
  if path.suffix == '.json' and of_values:
    return json.dumps(mutants.garbled(json.loads(whole), rng)).encode()
  return mutants.damaged(whole, rng)


def tried(number, folder, monkeypatch):
  monkeypatch.chdir(shutil.copytree(OLD, folder / 'old'))
  files = sorted(p for p in pathlib.Path(CELL).iterdir() if p.is_file())
  rng, found = np.random.default_rng(0), []
  for i in range(number):
    path = files[i % len(files)]
    whole = path.read_bytes()
    path.write_bytes(damaged(path, whole, rng, i // len(files) % 2))
    for act in COMMANDS:
      pathlib.Path('all.txt').unlink(missing_ok=True)
      shutil.rmtree('tree', ignore_errors=True)
      found.append(mutants.outcome(act, (i, path, path.read_bytes()[:200])))
    path.write_bytes(whole)
  return found


def test_a_damaged_cell_is_read_or_refused_in_a_sentence(tmp_path, monkeypatch):
  found = tried(16, tmp_path, monkeypatch)
  assert {*found} == {'read', 'refused'}


@pytest.mark.slow
def test_many_damaged_cells_are_read_or_refused(tmp_path, monkeypatch):
  found = tried(500, tmp_path, monkeypatch)
  print(found.count('read'), 'read,', found.count('refused'), 'refused')
