"""What a run takes of devices that need not be here, and what does not fit.

  hours = products of a call * calls / (peak of all devices * MFU)

Memory is that of the program with nothing fused, see training.counts, or of the
compiled one. Not counted: reading and decoding pictures, metrics, and what is
no product.
"""

import json
import math
import shutil
from typing import NamedTuple

from prune_dm_jax.run import crops
from prune_dm_jax.run import machine
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import foreseen
from prune_dm_jax.stages import programs
from prune_dm_jax.stages import shapes
from prune_dm_jax.stages import work as work_lib
from prune_dm_jax.training import step as step_lib

MFU = 0.35
"""The share of the peak that is taken for what a run reaches."""

KEPT = 3
"""Checkpoints that are there at a time: two, and the one that is written."""

PROGRAMS = {
  'autoencoder': (programs.train_autoencoder, 'autoencoder.batch_size'),
  'latents': (programs.encode, 'runtime.batch_size'),
  'classifier': (programs.train_classifier, 'classifier.batch_size'),
  'judge': (programs.train_judge, 'judge.batch_size'),
  'surrogate': (programs.train_surrogate, 'surrogate.batch_size'),
  'losses': (programs.losses, 'runtime.score_batch_size'),
  'gradients': (programs.norms, 'runtime.score_batch_size'),
  'mean_gradient': (programs.mean_gradient, 'runtime.score_batch_size'),
  'along': (programs.along, 'runtime.score_batch_size'),
  'held_out_gradient': (programs.held_out_gradient, 'runtime.score_batch_size'),
  'influences': (programs.slopes, 'runtime.score_batch_size'),
  'train': (programs.train_model, 'train.batch_size'),
  'sample': (programs.sample_dit, 'runtime.batch_size'),
}
"""name -> (run -> Program), and the setting that says how many rows it takes."""

OF_DIT = ('train', 'sample', 'surrogate', 'losses', 'gradients',
          'mean_gradient', 'along')  # fmt: skip
"""Those that multiply as config.dit.dtype says, where the model is a DiT."""

ASKED = (
  'model', 'data', 'autoencoder', 'dit', 'vae', 'gan', 'train', 'surrogate',
  'classifier', 'judge', 'bank', 'flow', 'sample', 'runtime',
)  # fmt: skip
"""Keys of a configuration that programs depend on, and score.gradient."""


class Cost(NamedTuple):
  """Of a program: what `counted` has, and what its arguments are."""

  flops: int
  bytes: int
  rows: int
  params: int
  state: int


class Row(NamedTuple):
  """Work, and what it takes."""

  work: work_lib.Work
  cost: Cost | None
  """None of what is by arithmetic."""
  flops: float
  hours: float
  """NaN where the speed of the devices is not known."""
  disk: float


def table(config, topology, *, mfu=MFU, last='report', known=None):
  """A Row for each Work of a run; `known` keeps Costs for the next one."""
  known = {} if known is None else known
  config = without_missing(config)
  pictures = known.setdefault('set', foreseen.set_of(config))
  with foreseen.run(config, pictures, topology.mesh) as run:
    return [
      row(run, work, topology, mfu, known)
      for work in work_lib.of_run(run, last)
    ]


def without_missing(config):
  """A configuration whose programs can be built: not by LPIPS, if it is missing."""
  found = config.copy_and_resolve_references()
  if not paths_lib.lpips_path(config).is_file():
    with found.unlocked():
      found.autoencoder.perceptual = 0.0
  return found


def row(run, work, topology, mfu, known):
  """The Row of one Work."""
  peak = mfu * topology.peak(dtype(run.config, work.program))
  hours = lambda flops: flops / peak / 3600 if peak else math.nan
  if not work.program:
    return Row(work, None, work.flops, hours(work.flops), work.disk)
  found = cost(run, work.program, known)
  calls = -(-work.examples // found.rows)
  flops = float(found.flops) * topology.number * calls
  found = found._replace(
    bytes=found.bytes + work.remembered, state=found.state + work.remembered
  )
  disk = work.disk + KEPT * found.state + 4 * work.snapshots * found.params
  return Row(work, found, flops, hours(flops), disk)


def dtype(config, program):
  of_dit = program in OF_DIT and config.model == 'dit'
  return config.dit.dtype if of_dit else 'float32'


def cost(run, name, known):
  """The Cost of a program, of `known` if another run had the same."""
  config = run.config
  asked = {key: config[key] for key in ASKED} | {'g': config.score.gradient}
  key = name, json.dumps(asked, default=dict, sort_keys=True)
  if key not in known:
    program = PROGRAMS[name][0](run)
    number = shapes.number(program.params)
    known[key] = Cost(
      *shapes.counted(program), program.rows, number, program.state
    )
  return known[key]


def once(tables):
  """The Rows of many runs, of work on the same artifact one."""
  return [*{r.work.artifact: r for rows in tables for r in rows}.values()]


def too_much(rows, config, workdir):
  """A sentence for each disk that has no room for all that a run leaves there."""
  folder = crops.folder(config, workdir)
  store, disk = machine.nearest(folder), machine.nearest(workdir)
  apart = store.stat().st_dev != disk.stat().st_dev
  of_store = sum(r.disk for r in rows if r.work.in_store)
  own = sum(r.disk for r in rows) - of_store
  if of_store:  # Less what is there already.
    of_store = max(of_store - crops.there(folder) * crops.bytes_of(config), 0)
  sides = {f'--workdir={workdir}': (own + (not apart) * of_store, disk)}
  sides |= (
    {f'--config.store={config.store}': (of_store, store)} if apart else {}
  )
  for name, (needed, path) in sides.items():
    free = shutil.disk_usage(path).free
    if needed > free:
      yield (
        f'{name}: {needed / 1e9:,.1f} GB are to be written, and '
        f'{free / 1e9:,.1f} are free; name another disk, or a smaller '
        'config.data.image_size or network'
      )


def compiled(config, topology, name):
  """The Compiled of a program for devices of a topology; 0 bytes if refused."""
  mesh = step_lib.data_mesh(list(topologies.devices(topology)))
  with foreseen.run(config, foreseen.set_of(config), mesh) as run:
    return shapes.compiled(PROGRAMS[name][0](run))
