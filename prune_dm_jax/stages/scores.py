"""Scores of the training split: by the method, from disk, or at no cost."""

import functools
import pathlib
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data.lists import scores as scores_file
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning.components import Rows
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import progress
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import passes


class Scores(NamedTuple):
  """[n] each, over the training split."""

  score: np.ndarray
  error: np.ndarray
  group: np.ndarray


def load(path):
  with np.load(path / 'scores.npz') as file:
    return Scores(file['score'], file['error'], file['group'])


NEEDS = {
  'features': features.build,
  'losses': functools.partial(passes.build, need='losses'),
  'gradients': functools.partial(passes.build, need='gradients'),
  'surrogates': passes.build_agreements,
  'given': lambda run: pathlib.Path(run.config.score.scores),
}
"""What a method may need, see METHODS: run -> the folder, or file, where it is."""


def build(run):
  """Where score, error and group of every training example are.

  They are the same at every ratio.
  """
  needs = METHODS[run.config.score.method].needs
  found = {need: NEEDS[need](run) for need in needs}
  return artifacts.build(run.paths.scores, functools.partial(write, run, found))


def scored(run, given):
  """score, error and group by the method, of what it is given."""
  config = run.config.score
  method = METHODS[config.method]
  of_cell = config.method == 'random'
  seed = run.config.seed if of_cell else run.config.shared_seed
  options = {name: config[name] for name in method.options}
  key = fitting.key_for(seed, config.method)
  what = f'scores of {config.method}, of {len(run.train):,} examples'
  with progress.doing(what):
    return Scores(*method.scores(given, key=key, **options))


def given(run, found):
  """What the method needs, from the folders where it was found."""
  of = lambda folder, name: np.load(folder / f'{name}.npy', mmap_mode='r')
  arrays = {'index': run.train, 'counter': progress.counter}
  for need, folder in found.items():
    if need == 'features':
      arrays[need] = Rows(of(folder, need), run.train)
    elif need == 'given':
      root = run.config.data.path
      with progress.doing(f'reading {folder}'):
        arrays[need] = scores_file.read(
          folder, run.source, run.train, root=root
        )
    elif need == 'surrogates':
      names = ('dots', 'squared_norms', 'subset')
      arrays[need] = {name: of(folder, name) for name in names}
    else:
      arrays[need] = of(folder, need)
  return arrays


def write(run, found, folder):
  """scores.npz, from the folders of what the method needs."""
  scores = scored(run, given(run, found))
  np.savez(folder / 'scores.npz', **scores._asdict())


def at_hand(run):
  """Scores on disk, or of a method that needs no stage; None with a list."""
  method = run.config.score.method
  if run.config.select.file:
    return None
  if run.paths.scores.exists():
    return load(run.paths.scores)
  needs = METHODS[method].needs
  if set(needs) - {'given'}:
    raise ValueError(
      f'{run.paths.scores}: these scores of {method} are not there yet; the '
      'same command with --until=scores instead of --dry_run makes them'
    )
  return scored(run, given(run, {need: NEEDS[need](run) for need in needs}))
