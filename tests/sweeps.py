"""Sweeps: finished cells, written without a run."""

import functools
import json

from configs import digits
from prune_dm_jax.commands import report


def cell(workdir, variant, ratio, seed, *, steps=1500, **metrics):
  """A finished cell, without pictures."""
  folder = workdir / f'{variant}-{ratio:g}-seed{seed}'
  folder.mkdir(parents=True)
  config = digits.get_config(variant)
  config.train.steps, config.seed = steps, seed
  row = lambda name, value: dict(
    metric=name, of='samples', value=value, low=value, high=value, n=10,
    n_reference=10, warning='few', settings={'much': 'text'},
  )  # fmt: skip
  files = {
    'config': config.to_dict(),
    'selection': dict(fingerprint='f', kept=round(100 * (1 - ratio))),
    'metrics': [row(*pair) for pair in metrics.items()],
  }
  for name, value in files.items():
    (folder / f'{name}.json').write_text(json.dumps(value))
  return folder


def small(workdir):
  """Random with three seeds at one ratio, two variants with one."""
  for seed, value in enumerate((30.0, 31.0, 32.0)):
    cell(workdir, 'random', 0.5, seed, frechet_distance=value, copies=0.0)
  cell(workdir, 'unpruned', 0, 0, frechet_distance=29.0, copies=0.25)
  cell(workdir, 'grand', 0.5, 0, frechet_distance=50.0)
  cell(workdir, 'cluster_pixels', 0.5, 0, frechet_distance=5.0)
  cell(workdir, 'cluster_pixels', 0.25, 0, frechet_distance=20.0)
  return workdir


def into(folder):
  """What writes a report's files there."""
  return functools.partial(report.text, folder)
