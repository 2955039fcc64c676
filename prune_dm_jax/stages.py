"""THE MAP: one function for each arrow.

    dataset -> autoencoder -> latents --------------------> train -> sample
        |                                                     ^        |
        +---> classifier -> features -> scores -> select -----+     evaluate
                                                                       |
                                                                     report

Each makes its output if it is missing, after asking for what it needs, and
returns where it is.
"""

import functools

import jax
import numpy as np
from absl import logging

from prune_dm_jax import artifacts
from prune_dm_jax import cells
from prune_dm_jax import checks
from prune_dm_jax import choosing
from prune_dm_jax import encoding
from prune_dm_jax import judging
from prune_dm_jax import networks
from prune_dm_jax import opening
from prune_dm_jax import sampling
from prune_dm_jax import showing
from prune_dm_jax.artifacts import build
from prune_dm_jax.artifacts import build_file
from prune_dm_jax.data import images
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.pruning import METHODS


def data(run):
  """The split, recorded."""

  def make(folder):
    np.save(folder / 'train_idx.npy', run.train)
    np.save(folder / 'held_out_idx.npy', run.held_out)
    facts = dict(
      data=run.config.data.name,
      fingerprint=run.source.fingerprint,
      rule='the lowest sha256(shared_seed:key) are held out',
      shared_seed=run.config.shared_seed,
      train=len(run.train),
      held_out=len(run.held_out),
    )
    artifacts.write_json(folder / 'split.json', facts)

  return build(run.paths.split, make)


def autoencoder(run):
  """The VQ-VAE, trained on the training split."""
  data(run)
  return build(
    run.paths.autoencoder, functools.partial(networks.autoencoder, run)
  )


def latents(run):
  """Every picture as codes: uint16 [N, h, w], a codebook and a header."""
  trained = autoencoder(run)
  make = functools.partial(encoding.write, run, trained)
  return build(run.paths.latents, make)


def classifier(run, name):
  """A classifier of ours, trained on the training split."""
  data(run)
  path = getattr(run.paths, name)
  return build(path, functools.partial(networks.classifier, run, name))


def features(run, backbone):
  """[N, D] features of every picture, and [N, C] logits where there are some."""
  paths = run.paths
  path = paths.features_judge if backbone == 'judge' else paths.features

  def make(folder):
    size = run.config.data.image_size
    read = lambda i: {'image': images.batch(run.source, i, size=size)}
    out = judged(run, read, len(run.source), backbone)
    for name, rows in out.items():
      np.save(folder / f'{name}.npy', rows)

  data(run)
  if backbone in NETWORKS:
    classifier(run, backbone)
  return build(path, make)


def judged(run, read, size, backbone):
  """features [size, D] and perhaps logits [size, C] of pictures, by name."""
  weights = None
  if backbone in NETWORKS:
    weights = networks.classifier(run, backbone, classifier(run, backbone))
  extract = BACKBONES[backbone](weights)

  def named(batch):
    features, logits = extract(batch['image'])
    without = {'features': features}
    return without if logits is None else {**without, 'logits': logits}

  name = f'features of {backbone}'
  return networks.in_batches(run, named, read, size, name=name)


def inertia(run):
  """The inertia of k-means for a ladder of k, and the k that it suggests."""
  extracted = features(run, run.config.score.backbone)
  make = functools.partial(choosing.write, run, extracted)
  return build(run.paths.inertia, make)


def scores(run):
  """score, error and group of every training example, for all ratios."""
  config = run.config.score
  method = METHODS[config.method]

  def make(folder):
    given = {'index': run.train}
    if 'features' in method.needs:
      found = np.load(run.paths.features / 'features.npy', mmap_mode='r')
      given['features'] = found[run.train]
    of_cell = config.method == 'random'
    seed = run.config.seed if of_cell else run.config.shared_seed
    options = {name: config[name] for name in method.options}
    score, error, group = method.scores(
      given, key=networks.key_for(seed, config.method), **options
    )
    np.savez(folder / 'scores.npz', score=score, error=error, group=group)

  data(run)
  if 'features' in method.needs:
    features(run, config.backbone)
  return build(run.paths.scores, make)


def cell_folder(run):
  return cells.folder(run, lambda: cells.load_scores(scores(run)).group)


def select(run):
  """The cell, with its manifest, selection.json, kept.txt and kept_idx.npy."""
  cell = cell_folder(run)
  cells.check(run, cell)
  from_file = bool(run.config.select.file)
  found = None if from_file else cells.load_scores(scores(run))
  make = functools.partial(cells.write, run, cell, found)
  build_file(cell / 'selection.json', make)
  return cell


def train(run):
  """The DiT, trained by flow matching on the latents of what was kept."""
  cell = select(run)
  latents(run)
  kept = np.load(cell / 'kept_idx.npy')
  judging.warn_of_empty_classes(run, kept)
  return build(cell / 'dit', functools.partial(networks.dit, run, kept=kept))


def sample(run):
  """Pictures by the probability-flow ODE: uint8 [S, H, W, C] and labels [S]."""
  cell = select(run)
  trained = train(run)

  def make(folder):
    state = networks.dit(run, trained, kept=np.load(cell / 'kept_idx.npy'))
    sampling.write(run, state, folder)

  return build(cell / 'samples', make)


def evaluate(run):
  """metrics.json: the samples and, beside them, what bounds them."""
  cell = select(run)
  sample(run)
  reference = features(run, 'judge')

  def make():
    rows = judging.rows(run, cell, reference, judged)
    artifacts.write_json(cell / 'metrics.json', rows)

  return build_file(cell / 'metrics.json', make)


def report(run):
  """report.html: one static file a person can read."""
  cell = select(run)
  evaluate(run)

  def make():
    text = showing.report(run, cell)
    artifacts.write(cell / 'report.html', lambda p: p.write_text(text))

  return build_file(cell / 'report.html', make)


STAGES = {
  'data': data,
  'autoencoder': autoencoder,
  'latents': latents,
  'features': lambda run: features(run, run.config.score.backbone),
  'inertia': inertia,
  'scores': scores,
  'select': select,
  'train': train,
  'sample': sample,
  'evaluate': evaluate,
  'report': report,
}


def run_until(config, workdir, last):
  """Says what is there, then runs up to and with the stage `last`."""
  checks.check(config, jax.device_count())
  run = opening.open_run(config, workdir)
  cell = known_cell(run)
  if cell:
    cells.check(run, cell)
  outputs = opening.outputs(run, cell)
  opening.announce(run, cell, outputs)
  if outputs[last] and outputs[last].exists():
    logging.info('nothing to do: %s is there', outputs[last])
    return
  where = STAGES[last](run)
  logging.info('done: %s', where)


def known_cell(run):
  """The cell's folder, or None while it waits for scores to be named."""
  waits = run.config.select.ratio_from == 'smallest_cluster'
  if waits and not run.paths.scores.exists():
    return None
  return cell_folder(run)
