"""Cells: one variant at one ratio with one seed, each a folder.

Another selection under the same name is another cell, beside the first:
cluster_pixels+num_clusters=40-0.5-seed0.
"""

import pathlib
import re

import numpy as np
from absl import logging

from prune_dm_jax.models import MODELS
from prune_dm_jax.pruning import select
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cell_config
from prune_dm_jax.run import cells as files
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import inputs
from prune_dm_jax.run import own_list
from prune_dm_jax.stages import rates
from prune_dm_jax.stages import scores as scores_lib

SELECTING = ('score.', 'select.', 'twins.', 'junk.')
"""Where the names of keys begin of which another value is another selection."""

BEYOND = (
  'select.pruned', 'select.noise_from', 'select.noise_to', 'select.balance'
)  # fmt: skip
"""Those of which another value is another training on the same list."""

LATER = (
  'gallery.html', *MODELS, *(f'{model}.partial' for model in MODELS), 'samples',
  'metrics.json', 'report.html',
)  # fmt: skip
FIRST = {'config.json': ('selection.json', *LATER), 'selection.json': LATER}
"""What a cell begins with -> what there is only after it."""


def known_folder(run):
  """The cell's folder, or None while it waits for scores to be named."""
  if run.config.select.file:
    return folder(run, None)
  follows = run.config.select.ratio_from != 'config'
  if follows and not scores_lib.there(run):
    return None
  return folder(run, scores_lib.load(run) if follows else None)


def number_kept(run, scores):
  """How many are kept: by the ratio that is given, or as it follows."""
  config = run.config.select
  follows = {
    'twins': lambda: len(scores.index),
    'smallest_cluster': lambda: select.number_balanced(groups(run, scores)),
    'threshold': lambda: select.number_beyond(
      scores.score, config.threshold, config.keep
    ),
    'config': lambda: whole(run),
  }
  return follows[config.ratio_from]()


def groups(run, scores):
  """[n] int: of what each of the candidates has its share."""
  if run.config.select.within == 'classes':
    return run.source.labels[scores.index]
  own = run.config.select.within == 'clusters'
  return scores.group if own else np.zeros_like(scores.group)


def whole(run):
  """How many of all that is trained on config.prune_ratio keeps."""
  return select.number_kept(len(run.train), run.config.prune_ratio)


def folder(run, scores):
  """Where the cell is; scores are asked only if the ratio follows from them."""
  config, workdir = run.config, pathlib.Path(run.workdir)
  if config.select.file:
    path = pathlib.Path(config.select.file)
    own_list.kept(run)
    name = f'file_{path.stem}_{digests.of_file(path)[:8]}'
    first = workdir / f'{name}-seed{config.seed}'
    word = other(first, run, BEYOND)
    return beside(first, workdir / f'{name}{word}-seed{config.seed}', run)
  ratio = config.prune_ratio
  if config.select.ratio_from != 'config':
    ratio = 1 - number_kept(run, scores) / len(run.train)
  rest = f'{round(float(ratio), 4):g}-seed{config.seed}'
  first = workdir / f'{config.variant}-{rest}'
  check_first_files(first)
  cell = workdir / f'{config.variant}{other(first, run)}-{rest}'
  return beside(first, cell, run)


def other(cell, run, keys=SELECTING):
  """What is said after a cell's name, where another selects by those otherwise."""
  if not (cell / 'selection.json').exists():
    return ''
  found = artifacts.differences(
    cell / 'config.json', run.config.to_dict(), younger=cell_config.YOUNGER
  )
  words = [
    f'+{key.rpartition(".")[-1]}={plain(new)}'
    for key, (_, new) in found.items()
    if key.startswith(keys)
  ]
  data, score = run.source.fingerprint, run.config.score
  if (
    run.by_data
    and damage.read_json(cell / 'selection.json')['fingerprint'] != data
  ):
    words.append(f'+data={data[:8]}')
  if 'given' in (score.method, score.backbone) and scores_of(cell) != (
    run.paths.scores.name
  ):
    words.append(f'+file={run.paths.scores.name[-8:]}')
  return ''.join(words)


def beside(first, cell, run):
  """The cell; ValueError if it would be new beside a first of other settings than
  those that its name says, or of other data.
  """
  if cell == first or cell.exists():
    return cell
  path, wanted = first / 'config.json', run.config.to_dict()
  younger = cell_config.YOUNGER
  found = artifacts.differences(path, wanted, younger=younger)
  for key, (old, _) in found.items():
    if key.startswith(SELECTING):
      rates.put(wanted, key, old)
  artifacts.same_config(path, wanted, younger=younger)
  if not run.by_data:
    check_data(first, damage.read_json(first / 'selection.json'), run)
  return cell


def scores_of(cell):
  """The name of the scores by which a cell's examples were chosen."""
  return damage.read_json(cell / 'selection.json')['scores']


def plain(value):
  """A value as a part of a name."""
  text = str(value) or 'none'
  safe = re.fullmatch(r'[A-Za-z0-9_.]{1,24}', text)
  return text if safe else artifacts.hash8(text)


def check_first_files(cell):
  """Raises ValueError if a cell has what follows from a file that is gone.

  Else another configuration would go on in it, and report over what is there.
  """
  for name, later in FIRST.items():
    made = [n for n in later if (cell / n).exists()]
    if made and not (cell / name).exists():
      raise ValueError(
        f'{cell / name} is gone, by which {made[0]} was made; bring it back, or '
        f'move {cell} away to make all that is in it again'
      )


def check_data(cell, facts, run):
  """Raises ValueError if a cell that selected these facts is of other data."""
  made_on = facts['fingerprint']
  if made_on != run.source.fingerprint:
    raise ValueError(
      f'{cell}/manifest.parquet is a manifest of other data (fingerprint '
      f'{made_on}, this data has {run.source.fingerprint}); use '
      'another --workdir'
    )


def check(run, cell):
  """Raises ValueError if the cell on disk is of another config or other data."""
  check_first_files(cell)
  if (cell / 'config.json').exists():
    rates.same_config(run, cell)
  if not (cell / 'selection.json').exists():
    return
  facts = damage.read_json(cell / 'selection.json')
  check_data(cell, facts, run)
  if not run.config.select.file and facts['scores'] != run.paths.scores.name:
    raise ValueError(
      f'{cell}: what it keeps was chosen by {facts["scores"]}, and now it would be '
      f'by {run.paths.scores.name}, as weights or the data are others; use another '
      '--workdir'
    )
  clusters = scores_lib.name_of_clusters(run)
  if facts.get('clusters', clusters) != clusters:
    raise ValueError(
      f'{cell}: its clusters were those of {facts["clusters"]}, and now they would '
      f'be of {clusters}, as weights are others; use another --workdir'
    )
  inputs.check_all(run.config, cell)
  files.check_files(cell)
  files.check_hashes(cell)
  if not (cell / digests.NAME).exists():
    logging.info('%s: of an older version, not all of it can be checked', cell)
