"""Which training pictures a sample owes itself to: by influence, and by features.

A step of the cell's model on the sample's loss moves the losses of what it was
trained on, see pruning/influence.py; it is kept in <cell>/influences/.
"""

import functools

import numpy as np

from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import explained
from prune_dm_jax.stages import features
from prune_dm_jax.stages import influences
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import neighbours
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import sample as sample_lib
from prune_dm_jax.training import checkpoint

NUMBER = 10
"""Of the pictures that are named on either side."""


def check(run, cell):
  """Raises ValueError if a cell has no samples, or not what drew them."""
  if run.config.model != 'dit':
    raise ValueError(
      f'{cell}: samples of a {run.config.model} are not explained, but those of a '
      'dit are'
    )
  needed = cell / 'samples', cell / 'dit', run.paths.latents
  for path in needed:
    if not artifacts.whole(path):
      raise ValueError(
        f'{path} is not there, or not whole, and a sample is explained by it; '
        'the run with --until=sample makes it'
      )


def label_of(cell, sample):
  """The class that a sample was to be of; ValueError if there is no such sample."""
  labels = damage.read_array(cell / 'samples' / 'labels.npy')
  number = len(labels)
  if not 0 <= sample < number:
    raise ValueError(
      f'--sample={sample}: {cell} has {number:,} samples, 0 to {number - 1:,}'
    )
  return labels[sample]


def picture(cell, sample):
  """uint8 [1, H, W, C]"""
  images = damage.map_array(cell / 'samples' / 'images.npy')
  return np.array(images[sample : sample + 1])


def explain(run, cell, sample):
  """The Explained of one sample; its others are training pictures."""
  check(run, cell)
  label, trained = label_of(cell, sample), examples.of_cell(cell).index
  score, error = scored(run, cell, sample, label, trained)
  said = sayings(score, error, cells.manifest(cell), trained)
  most = np.argsort(-score, kind='stable')[:NUMBER]
  others = {'Most influence': [(int(trained[i]), said(i)) for i in most]}
  by = f'guidance {run.config.sample.guidance_weight:g}'
  rows = [
    ('sample', f'{sample} of {cell.name}/samples, which were drawn at {by}'),
    ('asked class', source_lib.class_name(run.source)(label)),
    ('influence of', f'{len(trained):,} pictures that it was trained on, in units '
     'of their root mean square'),
  ]  # fmt: skip
  near = nearest(run, cell, sample, trained, said)
  if isinstance(near, str):
    return explained.Explained(sample, [*rows, ('nearest', near)], others)
  return explained.Explained(sample, rows, others | near)


def sayings(score, error, table, trained):
  """place among what was trained on -> its influence, rank and name, in words."""
  rank = 1 + np.argsort(np.argsort(-score, kind='stable'))

  def said(place):
    beyond = f' ± {error[place]:.2g}' if np.isfinite(error[place]) else ''
    return (  # No error is known of one draw.
      f'influence {score[place]:.3g}{beyond}, rank {rank[place]:,}, '
      f'{explained.words(table, trained[place])}'
    )

  return said


def nearest(run, cell, sample, trained, said):
  """heading -> [(index, in words)]; a sentence where no features are there."""
  name = paths_lib.judges(run.config)['memorization']
  folder = run.paths.features_memorization
  if not artifacts.whole(folder):
    return (
      f'not known: features of {name} are not on disk ({folder}); '
      '--until=evaluate makes them'
    )
  see = features.extractor(run, name, 1)
  query = see(picture(cell, sample), 0)['features']
  among = np.zeros(len(run.source), bool)
  among[trained] = True
  there, apart = neighbours.nearest_to(
    query, damage.map_array(folder / 'features.npy'), among, number=NUMBER
  )
  places = np.searchsorted(trained, there)
  pairs = zip(there, places, apart, strict=True)
  rows = [(int(i), f'{far:.4g} away, {said(place)}') for i, place, far in pairs]
  return {f'Nearest, by {name}': rows}


def scored(run, cell, sample, label, trained):
  """Influence [n] of training pictures on a sample, and its error [n]."""
  params = sample_lib.state_of(run, cell).ema
  of = artifacts.hash8(
    checkpoint.digest(params), run.config.bank, trained.tolist(),
    digests.of_file(cell / 'samples' / 'images.npy'),
  )  # fmt: skip
  make = functools.partial(write, run, cell, sample, label, trained, params)
  path = cell / 'influences' / f'sample-{sample}-{of}'
  artifacts.build_together(path, make)
  slopes = damage.read_array(path / 'slopes.npy')
  score, error = noise_bank.mean_and_error(slopes)
  unit = np.sqrt(np.square(score).mean()) or 1
  return score / unit, error / unit


def write(run, cell, sample, label, trained, params, folder):
  """slopes.npy [n, draws] of the losses of what was trained on."""
  row = dict(
    codes=latents.encoded(run, picture(cell, sample)),
    label=label[None],
    index=np.array([len(run.source) + sample]),
  )
  read = lambda places: {name: rows[places] for name, rows in row.items()}
  calls = influences.programs(run, run.config.dit.size)
  moved = influences.sides(run, calls, params, read, 1)
  found = passes.in_parts(
    run, folder, 'influences', calls.slopes, moved, trained
  )
  passes.finish(folder, slopes=found)
