"""Scores of the training split: by the method, from disk, or at no cost."""

import numpy as np

from prune_dm_jax import cells
from prune_dm_jax import networks
from prune_dm_jax import places
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import cluster


def scored(run, given):
  """score, error and group by the method, of what it is given."""
  config = run.config.score
  method = METHODS[config.method]
  of_cell = config.method == 'random'
  seed = run.config.seed if of_cell else run.config.shared_seed
  options = {name: config[name] for name in method.options}
  key = networks.key_for(seed, config.method)
  return cells.Scores(*method.scores(given, key=key, **options))


def given(run, found):
  """What the method needs, from the folders where it was found."""
  load = lambda folder, name: np.load(folder / f'{name}.npy', mmap_mode='r')
  arrays = {'index': run.train}
  for need, folder in found.items():
    if need == 'features':
      arrays[need] = load(folder, need)[run.train]
    elif need == 'surrogates':
      names = ('dots', 'squared_norms', 'subset')
      arrays[need] = {name: load(folder, name) for name in names}
    else:
      arrays[need] = load(folder, need)
  return arrays


def write(run, found, folder):
  """scores.npz, from the folders of what the method needs."""
  scores = scored(run, given(run, found))
  np.savez(folder / 'scores.npz', **scores._asdict())


def write_clusters(run, extracted, folder):
  """group.npy [n] of the training split, by features in `extracted`."""
  options = {name: run.config.score[name] for name in places.CLUSTERS}
  features = np.load(extracted / 'features.npy', mmap_mode='r')[run.train]
  key = networks.key_for(run.config.shared_seed, 'cluster')
  _, _, group = cluster.scores({'features': features}, key=key, **options)
  np.save(folder / 'group.npy', group)


def at_hand(run):
  """Scores on disk, or of a method that needs nothing; None with a list."""
  method = run.config.score.method
  if run.config.select.file:
    return None
  if run.paths.scores.exists():
    return cells.load_scores(run.paths.scores)
  if METHODS[method].needs:
    raise ValueError(
      f'{run.paths.scores}: these scores of {method} are not there yet; the '
      'same command with --until=scores instead of --dry_run makes them'
    )
  return scored(run, {'index': run.train})
