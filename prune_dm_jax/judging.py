"""What is asked of the model, what bounds it, and what is written of both."""

import math

import jax
import numpy as np
from absl import logging

from prune_dm_jax import artifacts
from prune_dm_jax import extracting
from prune_dm_jax import networks
from prune_dm_jax.data import images
from prune_dm_jax.metrics import METRICS


def warn_of_empty_classes(run, kept):
  """Warns of the classes that training will never see."""
  labels = run.source.labels
  missing = np.setdiff1d(labels[run.train], labels[kept])
  if len(missing):
    names = ', '.join(run.source.class_names[i] for i in missing)
    logging.warning('no example is kept of class %s, yet it is sampled', names)


def rows(run, cell, reference):
  """The rows of metrics.json.

  Args:
    run: The run.
    cell: Its folder, with samples/.
    reference: Folder of the judge's features and logits of every picture.

  Returns:
    A list of {metric, of, value, low, high, n, n_reference, backbone,
    reference, settings, seed}; value is null where it is not finite.
  """
  of_all = {k: np.load(reference / f'{k}.npy') for k in ('features', 'logits')}
  labelled = lambda i: (
    {k: v[i] for k, v in of_all.items()} | {'labels': run.source.labels[i]}
  )
  held_out = labelled(run.held_out)
  some = np.random.default_rng(run.config.sample.seed).permutation(run.train)
  some = some[: run.config.sample.num]
  sets = {
    'samples': samples(run, cell),
    'reconstructions': reconstructions(run, some),
    'training pictures': labelled(some),
  }
  settings = artifacts.read_json(cell / 'samples' / 'settings.json')
  return [
    row(run, name, value, of, len(given['labels']), settings)
    for metric in METRICS.values()
    for of, given in sets.items()
    for name, value in metric(given, held_out).items()
  ]


def row(run, metric, value, of, number, settings):
  number_or_null = lambda v: v if math.isfinite(v) else None
  value, low, high = map(number_or_null, value)
  return dict(
    metric=metric,
    of=of,
    value=value,
    low=low,
    high=high,
    n=number,
    n_reference=len(run.held_out),
    backbone='judge',
    reference='held-out pictures',
    settings=settings if of == 'samples' else {},
    seed=run.config.seed,
  )


def samples(run, cell):
  pictures = np.load(cell / 'samples' / 'images.npy', mmap_mode='r')
  labels = np.load(cell / 'samples' / 'labels.npy')
  read = lambda i: {'image': pictures[i]}
  found = extracting.extract(run, read, len(labels), 'judge')
  return found | {'labels': labels}


def reconstructions(run, some):
  """What the autoencoder makes of training pictures: the ceiling of any DiT."""
  decode = networks.decoder(run)
  codes = np.load(run.paths.latents / 'codes.npy', mmap_mode='r')
  decoded = jax.jit(decode)
  read = lambda i: {'image': images.to_uint8(decoded(codes[some[i]]))}
  found = extracting.extract(run, read, len(some), 'judge')
  return found | {'labels': run.source.labels[some]}
