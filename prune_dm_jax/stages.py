"""THE MAP: one function for each arrow.

    dataset -> autoencoder -> latents --------------------> train -> sample
        |           surrogate <--+                            ^        |
        |               +-------------+                       |     evaluate
        +---> classifier -> features -> scores -> select -----+        |
                                                     +-> gallery -> report

Each makes its output if it is missing, after asking for what it needs, and
returns where it is. What is built together, every process has a part in.
"""

import functools

import numpy as np
from absl import logging

from prune_dm_jax import artifacts
from prune_dm_jax import cells
from prune_dm_jax import choosing
from prune_dm_jax import counting
from prune_dm_jax import curating
from prune_dm_jax import encoding
from prune_dm_jax import extracting
from prune_dm_jax import judging
from prune_dm_jax import networks
from prune_dm_jax import opening
from prune_dm_jax import passes
from prune_dm_jax import places
from prune_dm_jax import sampling
from prune_dm_jax import scoring
from prune_dm_jax import showing
from prune_dm_jax import surrogates
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.generating import GENERATORS
from prune_dm_jax.pruning import METHODS


def data(run):
  """The split, recorded."""
  return artifacts.build(
    run.paths.split, functools.partial(opening.write_split, run)
  )


def autoencoder(run):
  """The VQ-VAE, trained on the training split."""
  data(run)
  make = functools.partial(networks.autoencoder, run)
  return artifacts.build_together(run.paths.autoencoder, make)


def latents(run):
  """Every picture as codes: uint16 [N, h, w], a codebook and a header."""
  trained = autoencoder(run)
  make = functools.partial(encoding.write, run, trained)
  return encoding.check(run, artifacts.build_together(run.paths.latents, make))


def classifier(run, name):
  """A classifier of ours, trained on the training split."""
  data(run)
  path = getattr(run.paths, name)
  make = functools.partial(networks.classifier, run, name)
  return artifacts.build_together(path, make)


def features(run, backbone):
  """[N, D] features of every picture, and [N, C] logits where there are some."""
  path = places.features_of(run.config, run.paths)[backbone]
  data(run)
  if backbone in NETWORKS:
    classifier(run, backbone)
  make = functools.partial(extracting.write, run, backbone)
  return artifacts.build_together(path, make)


def surrogate(run):
  """DiTs in a short pretraining on the whole training split, kept at steps."""
  latents(run)
  make = functools.partial(surrogates.train_full, run)
  return artifacts.build_together(run.paths.surrogates, make)


def losses(run):
  """[R, E, n, draws] of every training example, surrogate and evaluation."""
  surrogate(run)
  make = functools.partial(passes.losses, run)
  return artifacts.build_together(run.paths.losses, make)


def gradients(run):
  """[R, n, draws] gradient norms of every training example."""
  surrogate(run)
  make = functools.partial(passes.gradients, run)
  return artifacts.build_together(run.paths.gradients, make)


def agreements(run):
  """MoSo's surrogates of disjoint subsets, and the terms of its scores."""
  latents(run)
  make = functools.partial(surrogates.train_on_subsets, run)
  artifacts.build_together(run.paths.subset_surrogates, make)
  make = functools.partial(passes.agreements, run)
  return artifacts.build_together(run.paths.agreements, make)


NEEDS = {
  'features': lambda run: features(run, run.config.score.backbone),
  'losses': losses,
  'gradients': gradients,
  'surrogates': agreements,
}


def inertia(run):
  """The inertia of k-means for a ladder of k, and the k that it suggests."""
  extracted = features(run, run.config.score.backbone)
  make = functools.partial(choosing.write, run, extracted)
  return artifacts.build(run.paths.inertia, make)


def scores(run):
  """score, error and group of every training example, for all ratios."""
  data(run)
  needs = METHODS[run.config.score.method].needs
  found = {need: NEEDS[need](run) for need in needs}
  return artifacts.build(
    run.paths.scores, functools.partial(scoring.write, run, found)
  )


def cell_folder(run):
  return cells.folder(run, lambda: cells.load_scores(scores(run)).group)


def select(run):
  """The cell, with its manifest, selection.json, kept.txt and kept_idx.npy."""
  cell = cell_folder(run)
  cells.check(run, cell)
  found = None if run.config.select.file else cells.load_scores(scores(run))
  make = functools.partial(cells.write, run, cell, found)
  artifacts.build_file(cell / 'selection.json', make)
  return cell


def gallery(run):
  """gallery.html: what is kept, what is pruned, and what lies between."""
  cell = select(run)
  text = functools.partial(curating.gallery, run, cell)
  return artifacts.build_text(cell / 'gallery.html', text)


def train(run):
  """The generative model, trained on what was kept: a DiT, on its latents."""
  cell, model = select(run), run.config.model
  if model == 'dit':
    latents(run)
  kept = np.load(cell / 'kept_idx.npy')
  judging.warn_of_empty_classes(run, kept)
  make = functools.partial(GENERATORS[model].fit, run, kept=kept)
  return artifacts.build_together(cell / model, make)


def sample(run):
  """Pictures by the model: uint8 [S, H, W, C] and labels [S]."""
  cell = select(run)
  trained = train(run)

  def make(folder):
    model = GENERATORS[run.config.model]
    state = model.fit(run, trained, np.load(cell / 'kept_idx.npy'))
    sampling.write(run, model.sampler(run, state.ema), state, folder)

  return artifacts.build_together(cell / 'samples', make)


def judge(run):
  """The judge's clusters of training examples, after all judges' features."""
  found = {name: features(run, name) for name in judging.backbones(run)}
  reference = found[run.config.judge.network]
  make = functools.partial(scoring.write_clusters, run, reference)
  return artifacts.build(run.paths.clusters_judge, make)


def evaluate(run):
  """metrics.json: the samples and, beside them, what bounds them."""
  cell = select(run)
  sample(run)
  latents(run)
  make = functools.partial(judging.write, run, cell, judge(run))
  return artifacts.build_file_together(cell / 'metrics.json', make)


def report(run):
  """report.html: one static file a person can read."""
  cell = select(run)
  gallery(run)
  evaluate(run)
  text = functools.partial(showing.report, run, cell)
  return artifacts.build_text(cell / 'report.html', text)


STAGES = {
  'data': data,
  'autoencoder': autoencoder,
  'latents': latents,
  'features': NEEDS['features'],
  'inertia': inertia,
  'surrogate': surrogate,
  'scores': scores,
  'select': select,
  'gallery': gallery,
  'train': train,
  'sample': sample,
  'judge': judge,
  'evaluate': evaluate,
  'report': report,
}


def run_until(config, workdir, last):
  """Says what is there, then runs up to and with the stage `last`."""
  judged = last in ('judge', 'evaluate', 'report')
  run = opening.open_checked(config, workdir, judged=judged)
  cell = known_cell(run)
  if cell:
    cells.check(run, cell)
  outputs = opening.outputs(run, cell)
  opening.announce(run, cell, outputs)
  if outputs[last] and outputs[last].exists():
    logging.info('nothing to do: %s is there', outputs[last])
    return
  logging.info('done: %s', STAGES[last](run))


def foresee(config, workdir):
  """What would be kept, as text; writes nothing but the check of pictures."""
  return counting.foresee(opening.open_checked(config, workdir, judged=False))


def known_cell(run):
  """The cell's folder, or None while it waits for scores to be named."""
  waits = run.config.select.ratio_from == 'smallest_cluster'
  waits = waits and not run.paths.scores.exists()
  return None if waits else cell_folder(run)
