"""What a cell keeps, and its first files."""

import functools

import numpy as np

from prune_dm_jax.data import lists
from prune_dm_jax.data import manifest
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import quota
from prune_dm_jax.pruning import select
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import inputs
from prune_dm_jax.run import made_with
from prune_dm_jax.run import own_list
from prune_dm_jax.stages import candidates as candidates_lib
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import doubts
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import rates
from prune_dm_jax.stages import scores as scores_lib
from prune_dm_jax.stages import steps
from prune_dm_jax.stages import twins

HASHED = ('manifest.parquet', 'kept_idx.npy', 'kept.txt', 'pruned.txt')
BESIDE = (*HASHED, 'config.json', 'groups.parquet')
"""What is written with selection.json, which says the digests of the first."""


def build(run):
  """The cell, with its manifest, selection.json, kept.txt and kept_idx.npy."""
  found = None if run.config.select.file else scores_lib.load(run)
  cell = cells.folder(run, found)
  cells.check(run, cell)
  rates.keep(run, cell)
  reasons = {} if found is None else candidates_lib.of_run(run).reasons
  for made in (looks, twins):
    made.there(run)  # Damaged ones are made again.
  make = functools.partial(write, run, cell, found, reasons)
  artifacts.build_file(cell / 'selection.json', make, beside=BESIDE)
  inputs.note(cell, inputs.of_selection(run.config))
  return cell


def choose(run, scores):
  """[M] indices in the full data of what the configuration keeps."""
  return with_quota(run, scores, *before_quota(run, scores))


def before_quota(run, scores):
  """The same before select.at_least, and those [m] that stay whatever it asks."""
  config = run.config
  if config.select.file:
    own_list.say_what_is_cut(run)
    kept = own_list.kept(run)
    return kept, kept
  if config.select.ratio_from == 'smallest_cluster':
    doubts.of_a_tiny_cluster(cells.groups(run, scores))
  number, first = cells.number_kept(run, scores), begin_with(run)
  left = ~np.isin(scores.index, first)
  check_enough(run, number - len(first), int(left.sum()))
  chosen = select.select(
    scores.score[left], cells.groups(run, scores)[left],
    number=number - len(first), keep=config.select.keep,
    allocation=config.select.allocation, seed=config.shared_seed,
    beta=config.select.beta,
  )  # fmt: skip
  return np.sort(np.concatenate([first, scores.index[left][chosen]])), first


def begin_with(run):
  """[m] indices in the full data that are kept before any other."""
  path = run.config.select.begin_with
  if not path:
    return np.zeros(0, np.int64)
  listed = lists.read_list(path, run.source, root=run.config.data.path)
  outside = listed[~np.isin(listed, run.train)]
  if len(outside):
    raise ValueError(
      f'{path}: {run.source.keys[outside[0]]!r} and {len(outside) - 1} more are '
      'not trained on, so that they cannot be kept; leave them out'
    )
  return listed


def check_enough(run, number, there):
  """Raises ValueError if there are fewer candidates than are to be kept."""
  if number < 0:
    raise ValueError(
      f'{run.config.select.begin_with}: it lists {-number} pictures more than '
      f'config.prune_ratio = {run.config.prune_ratio} keeps; take a smaller one'
    )
  if number > there:
    short = number - there
    ratio = 1 - (cells.whole(run) - short) / len(run.train)
    raise ValueError(
      f'config.prune_ratio = {run.config.prune_ratio} keeps {short} pictures '
      'more than there are without twins, leaks and junk; take '
      f'{np.ceil(ratio * 1e4) / 1e4:g} or more'
    )


def with_quota(run, scores, kept, first):
  """What is kept, with so many at least of each class and each cluster."""
  number, labels = run.config.select.at_least, run.source.labels
  if not number or run.config.select.file:
    return kept
  index = np.union1d(scores.index, first)
  place = scores_lib.places(run, scores)
  clusters = np.full(len(run.source), -1)
  clusters[scores.index] = scores.group
  partitions = [
    np.unique(values[index], return_inverse=True)[1]
    for values in (labels, clusters)
  ]
  chosen = quota.at_least(
    np.searchsorted(index, kept), place[index], partitions, number,
    np.searchsorted(index, first),
  )  # fmt: skip
  return index[chosen]


def columns(config, scores):
  """The manifest's columns over what was scored, None where there is none."""
  names = ('cluster', 'distance', 'score', 'error', 'rank')
  if scores is None:
    return dict.fromkeys(names)
  rank = np.empty(len(scores.score), np.int64)
  order = select.ascending(scores.score, config.shared_seed)
  rank[order] = np.arange(len(rank))
  method = METHODS[config.score.method]
  clustered = scores_lib.clusters_of(config)
  has_error = np.isfinite(scores.error).any()
  return dict(
    cluster=scores.group if clustered else None,
    distance=scores.score if method.column == 'distance' else None,
    score=scores.score,
    error=scores.error if has_error else None,
    rank=rank,
  )


def write(run, cell, scores, reasons):
  """Selects, and writes the cell's first files; selection.json is the last."""
  before, first = before_quota(run, scores)
  kept = with_quota(run, scores, before, first)
  doubts.of_what_is_empty(run, scores, kept)
  doubts.of_what_is_drawn(run, scores, before, first)
  index = run.train if scores is None else scores.index
  trained = examples.chosen(run, scores, kept)
  table = manifest.table(
    run.source, index, kept, columns(run.config, scores),
    others=candidates_lib.others(run, reasons, trained), of_all=known(run),
    trained=trained,
  )  # fmt: skip
  write_lists(run, cell, kept, table)
  facts = description(run, kept, index, trained) | made_with.here()
  facts['steps'] = steps.of_run(run, scores, reasons, kept, before)
  facts['hashes'] = {n: digests.of_file(cell / n) for n in HASHED}
  artifacts.write_json(cell / 'selection.json', facts)


def write_lists(run, cell, kept, table):
  """What is kept and what is not, by what configuration, and beside which twins."""
  artifacts.begin(cell / 'selection.json')
  artifacts.write(cell / 'manifest.parquet', lambda p: manifest.write(table, p))
  artifacts.write_array(cell / 'kept_idx.npy', kept)
  text = ''.join(f'{run.source.keys[i]}\n' for i in kept)
  artifacts.write_text(cell / 'kept.txt', text)
  artifacts.write_text(cell / 'pruned.txt', manifest.pruned(table))
  artifacts.write_json(cell / 'config.json', run.config.to_dict())
  if run.paths.twins.exists():
    groups = damage.content(run.paths.twins / 'groups.parquet')
    artifacts.write(cell / 'groups.parquet', lambda p: p.write_bytes(groups))
  inputs.write(cell, inputs.of_selection(run.config))


def known(run):
  """name -> [N] of every picture: its size, its looks, and its twins' group."""
  height, width = run.facts.shapes.T
  found = {'width': width, 'height': height, 'bytes': run.facts.sizes}
  if run.paths.looks.exists():
    found |= looks.columns(run)
  if run.paths.twins.exists():
    found['group'] = twins.group_of_all(run)
  return found


def description(run, kept, index, trained):
  """What selection.json says, but for the hashes of the files beside it."""
  config, method = run.config, METHODS[run.config.score.method]
  clusters = scores_lib.clusters_of(config)
  return dict(
    data=config.data.name,
    fingerprint=run.source.fingerprint,
    method='file' if config.select.file else config.score.method,
    direction=config.select.keep,
    allocation=config.select.allocation,
    within=config.select.within,
    file=config.select.file,
    kept=len(kept),
    pruned=len(run.train) - len(trained.index),
    **examples.facts(config, trained),
    no_candidates=len(run.train) - len(index),
    held_out=len(run.held_out),
    prune_ratio=1 - len(kept) / len(run.train),
    seed=config.seed,
    shared_seed=config.shared_seed,
    k=config.score.num_clusters if clusters else 0,
    backbone=clusters or (config.score.backbone if method.of_features else ''),
    scores=run.paths.scores.name,
    clusters=scores_lib.name_of_clusters(run),
  )
