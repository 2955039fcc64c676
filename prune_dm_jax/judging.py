"""What is asked of the model, what bounds it, and what is written of both."""

import numpy as np
from absl import logging

from prune_dm_jax import artifacts
from prune_dm_jax import extracting
from prune_dm_jax import measuring
from prune_dm_jax import networks
from prune_dm_jax import seeing
from prune_dm_jax import together
from prune_dm_jax.data import images
from prune_dm_jax.data import shards
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import memorization
from prune_dm_jax.pruning import METHODS

PAIRS = 16


def warn_of_empty_classes(run, kept):
  """Warns of the classes that training will never see."""
  labels = run.source.labels
  missing = np.setdiff1d(labels[run.train], labels[kept])
  if len(missing) and run.config.dit.conditional:
    names = ', '.join(run.source.class_names[i] for i in missing)
    logging.warning('no example is kept of class %s, yet it is sampled', names)


def write(run, cell, reference, clusters):
  """nearest.json and metrics.json: of the samples, and of what bounds them.

  Args:
    run: The run.
    cell: Its folder, with samples/.
    reference: Folder of the judge's features and logits of every picture.
    clusters: Folder of the training pictures' clusters in these features.
  """
  of_all = seeing.arrays(reference)
  at = lambda i: {k: v[i] for k, v in of_all.items()}
  labelled = lambda i: at(i) | {'labels': run.source.labels[i]}
  beside = compared_with(labelled(run.held_out))
  groups = np.load(clusters / 'group.npy')
  training = trained_on(run, cell, labelled(run.train), groups)
  generated = {**samples(run, cell), **beside, **training}
  some = np.random.default_rng(run.config.sample.seed).permutation(run.train)
  some = some[: run.config.sample.num]
  bounds = {
    'reconstructions': reconstructions(run, some) | beside,
    'training pictures': at(some)
    | labels_for(run, labels=run.source.labels[some])
    | beside,
  }
  together.alone(lambda: write_rows(run, cell, generated, bounds))


def write_rows(run, cell, generated, bounds):
  """nearest.json and metrics.json, of what the judge saw."""
  write_pairs(run, cell, generated)
  settings = artifacts.read_json(cell / 'samples' / 'settings.json')
  rows = measured(run, generated, of='samples', settings=settings)
  for of, given in bounds.items():
    rows += measured(run, given, of=of)
  artifacts.write_json(cell / 'metrics.json', rows)


def measured(run, given, **about):
  return measuring.rows(
    given,
    backbone=run.config.judge.network,
    reference='held-out pictures',
    selected_by=selected_by(run),
    seed=run.config.seed,
    **about,
  )


def compared_with(held_out):
  """The reference, by the names that METRICS have for it."""
  moments = frechet.moments(held_out['features'])
  named = {f'reference_{name}': array for name, array in held_out.items()}
  return {**named, 'reference_moments': moments}


def write_pairs(run, cell, given):
  """nearest.json: the samples nearest to training pictures, for the report."""
  generated, training, distance, ratio = memorization.pairs(
    given['features'], given['training_features'], number=PAIRS
  )
  found = dict(
    generated=generated.tolist(),
    training=run.train[training].tolist(),
    distance=distance.tolist(),
    ratio=ratio.tolist(),
  )
  artifacts.write_json(cell / 'nearest.json', found)


def trained_on(run, cell, training, groups):
  """The training set before pruning, and which of it was kept."""
  kept = np.isin(run.train, np.load(cell / 'kept_idx.npy'))
  return dict(
    training_features=training['features'],
    training_kept=kept,
    training_group=groups,
    **labels_for(run, training_labels=training['labels']),
  )


def labels_for(run, **labels):
  """Labels by name, if the judge knows the classes that they are of."""
  return labels if run.config.judge.network in NETWORKS else {}


def selected_by(run):
  """The backbone whose features selected, or nothing."""
  score = run.config.score
  of_features = 'features' in METHODS[score.method].needs
  return score.backbone if of_features and not run.config.select.file else ''


def samples(run, cell):
  pictures = np.load(cell / 'samples' / 'images.npy', mmap_mode='r')
  labels = np.load(cell / 'samples' / 'labels.npy')
  read = lambda i: {'image': pictures[i]}
  found = extracting.extract(run, read, len(labels), run.config.judge.network)
  told = run.config.dit.conditional
  return found | (labels_for(run, labels=labels) if told else {})


def reconstructions(run, some):
  """What the autoencoder makes of training pictures: the ceiling of any DiT."""
  decode, folder = networks.decoder(run), run.paths.latents / 'codes'
  pictures = networks.in_batches(
    run,
    lambda batch: images.to_uint8(decode(batch['codes'])),
    lambda i: {'codes': shards.take(folder, some[i])},
    len(some),
    name='reconstructions',
  )
  read = lambda i: {'image': pictures[i]}
  found = extracting.extract(run, read, len(some), run.config.judge.network)
  return found | labels_for(run, labels=run.source.labels[some])
