"""Scores of the training split: by the method, from disk, or at no cost.

With config.select.clusters a score decides inside clusters that are not its own:
those that the method `cluster` has of that backbone, an artifact beside the first.
A method that needs clusters is given the same, of its own backbone.
"""

import functools
import pathlib
from typing import NamedTuple

import numpy as np

from prune_dm_jax.metrics import finite
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import quota
from prune_dm_jax.pruning import select
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.stages import agreements
from prune_dm_jax.stages import candidates
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import given
from prune_dm_jax.stages import held_out_losses
from prune_dm_jax.stages import influences
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import rates
from prune_dm_jax.stages import twins


class Scores(NamedTuple):
  """[n] each, over the candidates."""

  score: np.ndarray
  error: np.ndarray
  group: np.ndarray
  index: np.ndarray
  """In the full data, sorted."""


def load(run):
  """The Scores on disk; older ones are of all that is trained on."""
  of = damage.read_arrays(run.paths.scores / 'scores.npz')
  index = of.get('index', run.train)
  found = Scores(of['score'], of['error'], of['group'], index)
  return inside_clusters(run, found, load)


def places(run, scores):
  """[N] places in which pictures would be kept, the first 0; the last have no score."""
  found = np.full(len(run.source), len(run.source))
  order = select.ascending(scores.score, run.config.shared_seed)
  found[scores.index] = quota.preference(order, run.config.select.keep)
  return found


def clusters_of(config):
  """The backbone whose clusters a selection is inside of; '' if there are none."""
  own = METHODS[config.score.method].in_clusters
  return config.score.backbone if own else config.select.clusters


def inside_clusters(run, scores, get):
  """Scores, in the groups of get(`by_clusters`), if they are to be."""
  if not run.config.select.clusters:
    return scores
  return scores._replace(group=get(by_clusters(run)).group)


def name_of_clusters(run):
  """The name of scores inside whose clusters others are; '' if there are none."""
  return (
    by_clusters(run).paths.scores.name if run.config.select.clusters else ''
  )


def by_clusters(run):
  """The Run whose scores are the clusters that a score is inside of, or needs."""
  config = run.config.copy_and_resolve_references()
  backbone = config.select.clusters or config.score.backbone
  config.score.update(method='cluster', backbone=backbone)
  config.select.clusters = ''
  return run._replace(config=config, paths=rates.located(run, config))


def there(run):
  """Whether `load` finds all that it needs."""
  needed = [run, by_clusters(run)] if run.config.select.clusters else [run]
  return artifacts.whole(*(one.paths.scores for one in needed))


NEEDS = {
  'features': features.build,
  'losses': functools.partial(passes.build, need='losses'),
  'gradients': functools.partial(passes.build, need='gradients'),
  'surrogates': agreements.build,
  'given': lambda run: pathlib.Path(run.config.score.scores),
  'labels': lambda run: None,
  'held_out_losses': held_out_losses.build,
  'class_losses': functools.partial(passes.build, need='class_losses'),
  'influences': influences.build,
  'looks': looks.build,
  'twins': twins.build,
  'clusters': lambda run: build(by_clusters(run)),
}
"""What a method may need, see METHODS: run -> the folder, or file, where it is."""


def build(run):
  """Where score, error and group of every training example are.

  They are the same at every ratio, but of a method that is told a number.
  """
  if run.config.select.clusters:
    build(by_clusters(run))
  index = candidates.of_run(run).index
  needs = METHODS[run.config.score.method].needs
  found = {need: NEEDS[need](run) for need in needs}
  make = functools.partial(write, run, found, index)
  return artifacts.build(run.paths.scores, make)


def scored(run, arrays, index):
  """The Scores of candidates, by the method, of what it is given.

  A group is among candidates alone; what is passed over pictures one by one is
  of all that is trained on, and cut to them.
  """
  config = run.config.score
  method = METHODS[config.method]
  seed = run.config.seed if method.of_cell else run.config.shared_seed
  options = {name: config[name] for name in method.options}
  of = cluster.KEY if method.of_clusters else config.method
  key = fitting.key_for(seed, of)
  what = f'scores of {config.method}, of {len(index):,} examples'
  with progress.doing(what):
    found = method.scores(arrays, key=key, **options)
  if len(found[0]) != len(index):
    found = [values[np.isin(run.train, index)] for values in found]
  return Scores(*found, index)


def write(run, found, index, folder):
  """scores.npz, from the folders of what the method needs."""
  scores = scored(run, given.arrays(run, found, index), index)
  method = run.config.score.method
  named = lambda i: f'scores of {method}: those of {run.source.keys[index[i]]}'
  finite.check(scores.score, named)
  np.savez(folder / 'scores.npz', **scores._asdict())


def at_hand(run):
  """Scores on disk, or of a method that needs no stage; None with a list."""
  method = run.config.score.method
  if run.config.select.file:
    return None
  if there(run):
    return load(run)
  needs = METHODS[method].needs
  asked = paths_lib.candidates(run.config, run.paths.twins.name)
  if set(needs) - {'given', 'labels'} or asked:
    raise ValueError(
      f'{run.paths.scores}: these scores of {method} are not there yet; the '
      'same command with --until=scores instead of --dry_run makes them'
    )
  found = {need: NEEDS[need](run) for need in needs}
  arrays = given.arrays(run, found, run.train)
  found = scored(run, arrays, run.train)
  return inside_clusters(run, found, at_hand)
