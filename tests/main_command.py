"""The main command as it is typed, on the quick preset of digits."""

import json
import pathlib
import shutil
import subprocess
import sys

from prune_dm_jax import stages
from prune_dm_jax.run import opening

ROOT = pathlib.Path(__file__).parents[1]
CONFIG = '--config=configs/digits_quick.py'
CELL = 'cluster_classifier-0.5-seed0'


def run(workdir, variant, *options, env=None):
  """A finished process of the main command."""
  command = [sys.executable, '-m', 'prune_dm_jax.main', f'{CONFIG}:{variant}']
  return subprocess.run(
    [*command, f'--workdir={workdir}', *options],
    cwd=ROOT, env=env, capture_output=True, text=True, check=False,
  )  # fmt: skip


def files(folder):
  """path -> content of everything under a folder, locks left out."""
  return {
    p.relative_to(folder): p.read_bytes()
    for p in sorted(pathlib.Path(folder).rglob('*'))
    if p.is_file() and '.locks' not in p.parts
  }


def anew(workdir, where, part, **changed):
  """A copy of CELL, sampled and judged as if these keys had been others."""
  cell = shutil.copytree(workdir, where / '-'.join(changed)) / CELL
  config = json.loads((cell / 'config.json').read_text())
  config[part] |= changed
  (cell / 'config.json').write_text(json.dumps(config))
  for name in ('metrics.json', 'nearest.json', 'digests.json'):
    (cell / name).unlink()
  for stage in ('sample', 'evaluate'):
    stages.build(opening.of_cell(cell), stage)
  return cell


def numbers_of(cell):
  """nearest.json, and the rows of metrics.json by (of, metric)."""
  rows = json.loads((cell / 'metrics.json').read_text())
  pairs = json.loads((cell / 'nearest.json').read_text())
  return pairs, {(row['of'], row['metric']): row for row in rows}
