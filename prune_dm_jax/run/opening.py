"""The opening of a run: its data, and its first lines."""

import pathlib
from typing import Any
from typing import NamedTuple

import jax
import numpy as np
from absl import logging

from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import facts as facts_lib
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.data import unreadable
from prune_dm_jax.data.walks import reasons
from prune_dm_jax.features import JUDGING
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import diffusion_classifier
from prune_dm_jax.pruning import select
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import bounds
from prune_dm_jax.run import cell_config
from prune_dm_jax.run import checked
from prune_dm_jax.run import checks
from prune_dm_jax.run import damage
from prune_dm_jax.run import live
from prune_dm_jax.run import own_list
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.run import split
from prune_dm_jax.training import step


class Run(NamedTuple):
  """A configuration, its data, and where the files are."""

  config: Any
  source: Any
  train: np.ndarray
  held_out: np.ndarray
  thinned: np.ndarray
  """Left out of training by config.data.imbalance, before any pruning."""
  paths: paths_lib.Paths
  workdir: pathlib.Path
  mesh: Any
  facts: facts_lib.Facts
  copies: np.ndarray
  """[N] int, equal of pictures that have the same pixels."""
  leaked: np.ndarray
  """Left out of training by config.data.leaks: copies of what is held out."""
  by_data: bool = False
  """Whether other data have another cell, beside the first."""


@progress.doing('looking at the data')
def open_run(config, workdir, *, judged=False, also=()):
  """Opens the data and splits it; writes nothing but the check of pictures.

  `also`: what else is had of pictures by that check, contents.Also each.
  """
  with checked.no_garbage():
    source = SOURCES[config.data.name](config.data.path)
  if judged:
    checks.check_held_out(source, config)
  source, facts = readable(source, config, workdir, also)
  check_labels(source, config)
  copies = facts_lib.groups(facts.pixels)
  parts = split.parts(source, config, copies)
  check_classes(source.labels[parts.train], config)
  paths = paths_lib.locate(
    config, source.fingerprint, workdir, together=parts.together
  )
  return Run(
    config, source, parts.train, parts.held_out, parts.thinned, paths, workdir,
    step.data_mesh(), facts, copies, parts.leaked,
  )  # fmt: skip


def open_checked(config, workdir, *, judged, also=()):
  """`open_run`, after all that can be checked; judged: what judges, too."""
  checks.check(config, jax.device_count(), judged=judged)
  bounds.check_platform(config, jax.devices()[0].platform)
  run = open_run(config, workdir, judged=judged, also=also)
  if judged:
    checks.check_held_out(run.source, config)
    check_judge(run.source, config)
  return run


def of_cell(cell):
  """The run that a cell is of."""
  config = cell_config.of(cell)
  try:
    checks.check_choices(config)
  except ValueError as error:
    raise ValueError(f'{cell}/config.json: {error}') from error
  return open_run(config, cell.parent)


def readable(source, config, workdir, also=()):
  """The source without what cannot be read, which is checked once; its Facts."""
  if isinstance(source, source_lib.Source):
    source, facts = checked.source(source, config.data.path, workdir, also)
  else:
    facts = facts_lib.of_arrays(source)
  unreadable.refuse(source, most=config.data.max_bad)
  if not len(source):
    why = reasons.of(source)
    raise ValueError(
      f'{config.data.path}: no picture that can be used: {why or "none is there"}'
    )
  if source.bad:
    logging.warning(
      '%d pictures cannot be used and are left out; split.json says why',
      reasons.number_bad(source),
    )
  if reasons.left_out(source):
    logging.info(
      'left out: %s',
      reasons.told({}, reasons.left_out(source)),
    )
  return source, facts


def check_labels(source, config):
  """Raises ValueError if classes are asked for where there are none."""
  score = config.score
  sees = METHODS[score.method].of_features
  learned = sees and score.backbone in NETWORKS
  if learned and not source.class_names:
    raise ValueError(
      f'config.score.backbone is {score.backbone}, which is trained on '
      'classes, but this data has none; choose pixels'
    )
  if 'class_losses' in METHODS[score.method].needs:
    told = len(source.class_names) if config.dit.conditional else 0
    diffusion_classifier.asked(told, config.dit.label_dropout > 0)


def check_classes(labels, config):
  """Raises ValueError if a selection is by classes, and labels [n] are all -1."""
  options = config.select
  found = {
    'within': options.within == 'classes' and not options.file,
    'balance': options.balance == 'class',
  }
  others = {'within': 'clusters or all', 'balance': "cluster, or ''"}
  for key in filter(found.get, found):
    if labels.max(initial=-1) < 0:
      raise ValueError(
        f'config.select.{key} is {options[key]!r}, but of these data nothing that '
        f'is trained on has a class; take {others[key]}'
      )


def check_judge(source, config):
  """Raises ValueError if a judge of classes is asked for where there are none."""
  if source.class_names:
    return
  for key, judge in paths_lib.judges(config).items():
    if judge in NETWORKS:
      others = [name for name in JUDGING if name not in NETWORKS]
      raise ValueError(
        f'config.judge.{key} is {judge}, which is trained on classes, but this '
        f'data has none; choose from {", ".join(others)}'
      )


def outputs(run, cell):
  """stage -> its output; None where the cell has no name yet, or it has several."""
  paths = run.paths
  in_cell = lambda name: cell / name if cell else None
  return {
    'data': paths.split,
    'autoencoder': paths.autoencoder,
    'latents': paths.latents,
    'features': paths.features,
    'looks': paths.looks,
    'twins': paths.twins,
    'surrogate': paths.surrogates,
    'inertia': paths.inertia,
    'scores': paths.scores,
    'select': in_cell('selection.json'),
    'gallery': in_cell('gallery.html'),
    'train': in_cell(run.config.model),
    'sample': in_cell('samples'),
    'judge': None,  # Several.
    'evaluate': in_cell('metrics.json'),
    'report': in_cell('report.html'),
  }


def announce(run, cell, outputs):
  """Devices, data, kept and pruned, and what an earlier run left."""
  device = jax.devices()[0]
  logging.info(
    'devices: %d %s (%s), %d processes, jax %s',
    jax.device_count(), device.platform, device.device_kind,
    jax.process_count(), jax.__version__,
  )  # fmt: skip
  logging.info(
    'data: %s, %d examples of %d classes, fingerprint %s; %d to train on, %d '
    'held out',
    run.config.data.name, len(run.source), len(run.source.class_names),
    run.source.fingerprint, len(run.train), len(run.held_out),
  )  # fmt: skip
  if len(run.thinned):
    logging.info(
      'long-tailed: %d examples left out of training, as the largest class is '
      '%g times the smallest',
      len(run.thinned), run.config.data.imbalance,
    )  # fmt: skip
  split.announce_leaks(run)
  logging.info('cell: %s, %s', cell or 'not named yet', counts(run, cell))
  present = [name for name, path in outputs.items() if path and path.exists()]
  logging.info('on disk: %s', ', '.join(present) or 'nothing')
  logging.info('layout: %s', run.source.layout)
  for path in filter(None, outputs.values()):
    if artifacts.partial(path).exists():
      said = f'{path}, {how_far(artifacts.partial(path))}'
      logging.info('resumed: %s', said)
      live.resumed(said)


def counts(run, cell):
  """Kept and pruned, read or foreseen."""
  if cell and (cell / 'selection.json').exists():
    kept = damage.read_json(cell / 'selection.json')['kept']
  elif run.config.select.file:
    kept = len(own_list.kept(run))
  elif run.config.select.ratio_from != 'config':
    return f'kept and pruned follow from {run.config.select.ratio_from}'
  else:
    kept = select.number_kept(len(run.train), run.config.prune_ratio)
  return f'{kept} kept, {len(run.train) - kept} pruned'


def how_far(folder):
  """How far a half-made artifact got: its newest checkpoint."""
  if folder.name.startswith(('features', 'looks')):
    return 'with what the store has of it'
  parts = len(list(folder.glob('parts/*')))
  if parts:
    return f'after {parts} parts'
  names = [p.name for p in folder.glob('**/checkpoints/*')]
  steps = [int(name) for name in names if name.isdigit()]
  return f'from step {max(steps)}' if steps else 'from its beginning'
