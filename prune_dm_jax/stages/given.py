"""What a method is given, of the folders where what it needs was found."""

import functools

import numpy as np

from prune_dm_jax.data.lists import scores as scores_file
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import select
from prune_dm_jax.pruning.components import Rows
from prune_dm_jax.run import damage
from prune_dm_jax.run import progress
from prune_dm_jax.stages import looks as looks_lib
from prune_dm_jax.stages import twins as twins_lib


def arrays(run, found, index):
  """name -> what the method is given, see METHODS, of candidates [n].

  One of surrogates is given all that is trained on, as they are.

  Args:
    run: Run.
    found: What it needs -> the folder, or file, where that is.
    index: [n] of the candidates.
  """
  method = METHODS[run.config.score.method]
  among = run.train if method.of_training else index
  given = {'index': among, 'counter': progress.counter}
  if method.of_number:
    given['number'] = number(run, index)
  return given | {n: ARRAYS[n](run, found[n], among) for n in found}


def number(run, index):
  """How many of the candidates are to be kept."""
  if run.config.select.ratio_from == 'twins':
    return len(index)
  whole = select.number_kept(len(run.train), run.config.prune_ratio)
  return min(whole, len(index))


def one(run, folder, index, *, name):
  """An array as the stage that made it left it, read where it is asked for."""
  del run, index
  return damage.map_array(folder / f'{name}.npy')


def several(run, folder, index, *, names):
  return {name: one(run, folder, index, name=name) for name in names}


def features(run, folder, index):
  return Rows(one(run, folder, index, name='features'), index)


def labels(run, folder, index):
  del folder
  return run.source.labels[index]


def given(run, file, index):
  with progress.doing(f'reading {file}'):
    return scores_file.read(file, run.source, index, root=run.config.data.path)


def looks(run, folder, index):
  del folder
  return {name: x[index] for name, x in looks_lib.columns(run).items()}


def twins(run, folder, index):
  del folder
  group = twins_lib.group_of_all(run).fill_null(-1).to_numpy()[index]
  return np.where(group < 0, index, group)


def clusters(run, folder, index):
  """Of each its group and distance; -1 and NaN, if it is no candidate."""
  found = damage.read_arrays(folder / 'scores.npz')
  group = np.full(len(run.source), -1, np.int32)
  distance = np.full(len(run.source), np.nan, np.float32)
  of = found.get('index', run.train)
  group[of], distance[of] = found['group'], found['score']
  return {'group': group[index], 'distance': distance[index]}


ARRAYS = {
  **{
    name: functools.partial(one, name=name)
    for name in ('losses', 'gradients', 'class_losses')
  },
  **{
    need: functools.partial(several, names=names)
    for need, names in {
      'surrogates': ('dots', 'squared_norms', 'subset'),
      'held_out_losses': ('losses', 'held_out', 'half'),
      'influences': ('slopes', 'half'),
    }.items()
  },
  'features': features,
  'given': given,
  'labels': labels,
  'looks': looks,
  'twins': twins,
  'clusters': clusters,
}
"""What a method needs -> (run, the folder or file, index) -> what it is given."""
