"""Cells: one variant at one ratio with one seed, and what it keeps."""

import functools
import pathlib

import numpy as np
from absl import logging

from prune_dm_jax.data import manifest
from prune_dm_jax.pruning import select
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import opening
from prune_dm_jax.run import own_list
from prune_dm_jax.stages import scores as scores_lib

ALMOST_NOTHING = 0.1


def build(run):
  """The cell, with its manifest, selection.json, kept.txt and kept_idx.npy."""
  found = None if run.config.select.file else scores_lib.load(run.paths.scores)
  cell = folder(run, lambda: found.group)
  check(run, cell)
  make = functools.partial(write, run, cell, found)
  artifacts.build_file(cell / 'selection.json', make)
  return cell


def known_folder(run):
  """The cell's folder, or None while it waits for scores to be named."""
  waits = run.config.select.ratio_from == 'smallest_cluster'
  if waits and not run.paths.scores.exists():
    return None
  return folder(run, lambda: scores_lib.load(run.paths.scores).group)


def ratio(config, groups):
  """The cell's prune_ratio, given or following from the smallest cluster."""
  if config.select.ratio_from == 'smallest_cluster':
    return select.balanced_ratio(groups())
  return select.exact(config.prune_ratio)


def folder(run, groups):
  """Where the cell is; groups() is asked only if the ratio follows from them."""
  config = run.config
  if config.select.file:
    path = pathlib.Path(config.select.file)
    own_list.kept(run)
    name = f'file_{path.stem}_{artifacts.file_digest(path)[:8]}'
    return pathlib.Path(run.workdir) / f'{name}-seed{config.seed}'
  removed = round(float(ratio(config, groups)), 4)
  name = f'{config.variant}-{removed:g}-seed{config.seed}'
  return pathlib.Path(run.workdir) / name


def choose(run, scores):
  """[M] indices in the full data of what the configuration keeps."""
  config = run.config
  if config.select.file:
    own_list.say_what_is_cut(run)
    return own_list.kept(run)
  if config.select.ratio_from == 'smallest_cluster':
    warn_of_a_tiny_cluster(scores.group)
  chosen = select.select(
    scores.score,
    scores.group,
    prune_ratio=ratio(config, lambda: scores.group),
    keep=config.select.keep,
    allocation=config.select.allocation,
    seed=config.shared_seed,
  )
  return run.train[chosen]


def warn_of_a_tiny_cluster(groups):
  """Warns where what follows from the smallest cluster is almost nothing."""
  kept = len(groups) - int(len(groups) * select.balanced_ratio(groups))
  sizes = select.group_sizes(groups)
  if kept < ALMOST_NOTHING * len(groups):
    logging.warning(
      'only %d of %d examples are kept, as the smallest of %d clusters has %d; '
      'a ratio of your own, as even as clusters allow, is kept by the plain '
      'variant with --config.select.allocation=waterfill',
      kept, len(groups), len(sizes), sizes.min(),
    )  # fmt: skip


def columns(config, scores, seed):
  """The manifest's columns over the training split, None where there is none."""
  names = ('cluster', 'distance', 'score', 'error', 'rank')
  if scores is None:
    return dict.fromkeys(names)
  rank = np.empty(len(scores.score), np.int64)
  rank[select.ascending(scores.score, seed)] = np.arange(len(rank))
  clustered = config.score.method == 'cluster'
  has_error = np.isfinite(scores.error).any()
  return dict(
    cluster=scores.group if clustered else None,
    distance=scores.score if clustered else None,
    score=scores.score,
    error=scores.error if has_error else None,
    rank=rank,
  )


def write(run, cell, scores):
  """Selects, and writes the cell's first files; selection.json is the last."""
  kept = choose(run, scores)
  table = manifest.table(
    run.source,
    run.train,
    kept,
    columns(run.config, scores, run.config.shared_seed),
    run.thinned,
  )
  cell.mkdir(parents=True, exist_ok=True)
  artifacts.write(cell / 'manifest.parquet', lambda p: manifest.write(table, p))
  artifacts.write_array(cell / 'kept_idx.npy', kept)
  text = ''.join(f'{run.source.keys[i]}\n' for i in kept)
  artifacts.write(cell / 'kept.txt', lambda p: p.write_text(text))
  artifacts.write_json(cell / 'config.json', run.config.to_dict())
  facts = description(run, kept)
  facts['hashes'] = {
    name: artifacts.file_digest(cell / name)
    for name in ('manifest.parquet', 'kept_idx.npy', 'kept.txt')
  }
  artifacts.write_json(cell / 'selection.json', facts)


def description(run, kept):
  """What selection.json says, but for the hashes of the files beside it."""
  config = run.config
  return dict(
    data=config.data.name,
    fingerprint=run.source.fingerprint,
    method='file' if config.select.file else config.score.method,
    direction=config.select.keep,
    allocation=config.select.allocation,
    file=config.select.file,
    kept=len(kept),
    pruned=len(run.train) - len(kept),
    held_out=len(run.held_out),
    prune_ratio=1 - len(kept) / len(run.train),
    seed=config.seed,
    shared_seed=config.shared_seed,
    k=config.score.num_clusters if config.score.method == 'cluster' else 0,
    backbone=config.score.backbone if config.score.method == 'cluster' else '',
    scores=run.paths.scores.name,
  )


def check(run, cell):
  """Raises ValueError if the cell on disk is of another config or other data."""
  if (cell / 'config.json').exists():
    artifacts.same_config(
      cell / 'config.json', run.config.to_dict(), younger=opening.YOUNGER
    )
  if not (cell / 'selection.json').exists():
    return
  facts = artifacts.read_json(cell / 'selection.json')
  if facts['fingerprint'] != run.source.fingerprint:
    raise ValueError(
      f'{cell}/manifest.parquet is a manifest of other data (fingerprint '
      f'{facts["fingerprint"]}, this data has {run.source.fingerprint}); use '
      'another --workdir'
    )
  for name, digest in facts['hashes'].items():
    if artifacts.file_digest(cell / name) != digest:
      raise ValueError(
        f'{cell / name} is not the file that was written with '
        'selection.json; restore it, or use another --workdir'
      )
