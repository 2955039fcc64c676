"""What each stage of a run has to do: which program, over how many examples, and
what it leaves on the disk.

The published networks, and k-means, are by arithmetic: their weights need not
be there to say what they cost.
"""

import json

from prune_dm_jax import stages
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import cost_of
from prune_dm_jax.flow import high_noise
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import select
from prune_dm_jax.run import crops as crops_lib
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import variants
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import guided
from prune_dm_jax.stages import scores as scores_lib
from prune_dm_jax.stages.work_item import Work
from prune_dm_jax.stages.work_of_passes import PASSES
from prune_dm_jax.training import memory

ITERATIONS = 100
"""Of k-means, that are taken for it."""


def of_run(run, last='report'):
  """The Work of every stage up to one, in their order."""
  found = []
  for stage in stages.way_to(run, last):
    found += OF_STAGE[stage](run) if stage in OF_STAGE else ()
  return found


def data(run):
  """Crops, if they are kept."""
  options = run.config.data
  if crops.asked(run.config):
    yield Work(
      'data', 'crops', f'crops-{options.crop}-{options.image_size}',
      disk=float(everyone(run) * crops_lib.bytes_of(run.config)), in_store=True,
    )  # fmt: skip


def autoencoder(run):
  options = run.config.autoencoder
  yield Work(
    'autoencoder', 'training', run.paths.autoencoder.name, 'autoencoder',
    options.steps * options.batch_size,
  )  # fmt: skip


def latents(run):
  h, w, _ = dit.latent_shape(run)
  every = everyone(run)
  yield Work(
    'latents', 'encoding', run.paths.latents.name, 'latents', every,
    disk=every * (2 * h * w + 4 + 4 + 2 * 4),
  )  # fmt: skip


def features(run):
  yield from of_backbone(run, run.config.score.backbone, 'features')


def of_backbone(run, backbone, stage):
  """Features of every picture, and the training of a network of ours."""
  every = everyone(run)
  path = paths_lib.features_of(run.config, run.paths)[backbone]
  if backbone in NETWORKS:
    options = run.config[backbone]
    yield Work(
      stage, f'training of {backbone}', getattr(run.paths, backbone).name,
      backbone, options.steps * options.batch_size,
    )  # fmt: skip
  known = cost_of(backbone)
  yield Work(
    stage, f'features of {backbone}', path.name, params=known.params,
    flops=known.flops * every, disk=2 * every * bytes_of(run, backbone),
  )  # fmt: skip


def bytes_of(run, backbone):
  """Of a picture's features; of pixels the store keeps a byte a number."""
  if backbone in NETWORKS:
    return 4 * (64 + len(run.source.class_names))
  if backbone == GIVEN:
    return 0
  if backbone == 'pixels':
    h, w, c = fitting.picture_shape(run)
    return 4 * h * w * c
  return 4 * BACKBONES[backbone].width


def looks(run):
  yield Work(
    'looks', 'thumbnails', run.paths.looks.name, disk=everyone(run) * 400
  )


def surrogates(run):
  options = run.config.surrogate
  yield Work(
    'surrogate', f'training of {options.num}', run.paths.surrogates.name,
    'surrogate', options.num * options.steps * options.batch_size,
    snapshots=options.num * options.evaluations,
  )  # fmt: skip


def scores(run):
  """Passes of the method, or its k-means."""
  method = METHODS[run.config.score.method]
  for need in method.needs:
    yield from PASSES[need](run) if need in PASSES else ()
  if run.config.select.clusters:
    yield from features(scores_lib.by_clusters(run))
  if method.flops:
    yield by_arithmetic(run, method.flops)
  yield from own_clusters(run, method)


def own_clusters(run, method):
  """k-means of the method, or of what it needs or is inside of: once for all."""
  shared = run.config.select.clusters or 'clusters' in method.needs
  if shared or method.in_clusters:
    of = scores_lib.by_clusters(run) if shared else run
    width = bytes_of(run, of.config.score.backbone) / 4
    yield clusters(run, 'scores', of.paths.scores.name, width)


def by_arithmetic(run, flops):
  """Of a method that says itself what its scores of features [N, D] take."""
  options, number = run.config.score, len(run.train)
  width = options.components or bytes_of(run, options.backbone) / 4
  return Work(
    'scores', options.method.replace('_', ' '),
    f'{run.paths.scores.name} {options.method}',
    flops=flops(number, width), disk=number * 16,
  )  # fmt: skip


def clusters(run, stage, artifact, width):
  options, number = run.config.score, len(run.train)
  width = options.components or width
  times = 2.0 * ITERATIONS * options.restarts * options.num_clusters
  return Work(
    stage, f'k-means, {ITERATIONS} iterations', artifact,
    flops=times * number * width, disk=number * 16,
  )  # fmt: skip


def number_kept(run):
  """How many are kept; half, where it follows from what is not there yet."""
  ratio = run.config.prune_ratio
  ratio = 0.5 if ratio == variants.FOLLOWS else ratio
  return select.number_kept(len(run.train), ratio)


def train(run):
  config = run.config
  kept = number_kept(run)
  others = len(run.train) - kept if config.select.pruned == 'high_noise' else 0
  first, last = config.select.noise_from, config.select.noise_to
  share_of = high_noise.SHARES[config.flow.time]
  share = (share_of(first) + share_of(last or first)) / 2
  steps = fitting.exposed(run, kept + share * others).steps
  remembered = memory.EACH * (kept + others) if config.train.dynamic else 0
  yield Work(
    'train', f'{config.model}, {steps:,} steps', cell(run, 'train'), 'train',
    steps * config.train.batch_size, remembered=remembered,
  )  # fmt: skip


def cell(run, stage):
  """The name of what is a cell's own."""
  config = run.config
  parts = config.variant, config.prune_ratio, config.seed, config.select.file
  return json.dumps([stage, *parts])


def sample(run):
  h, w, c = fitting.picture_shape(run)
  number = run.config.sample.num * len(guided.weights(run))
  of_dit = run.config.model == 'dit'
  yield Work(
    'sample', f'{number:,} pictures', cell(run, 'sample'),
    'sample' if of_dit else '', number, disk=float(number * h * w * c),
  )  # fmt: skip


def judge(run):
  names = dict.fromkeys(paths_lib.judges(run.config).values())
  for name in names:
    yield from of_backbone(run, name, 'judge')
  width = bytes_of(run, run.config.judge.network) / 4
  yield clusters(run, 'judge', run.paths.clusters_judge.name, width)


def evaluate(run):
  """Features of samples and of reconstructions."""
  drawn = run.config.sample.num * (1 + len(guided.weights(run)))
  for name in dict.fromkeys(paths_lib.judges(run.config).values()):
    known = cost_of(name)
    yield Work(
      'evaluate', f'features of {name}', cell(run, f'evaluate {name}'),
      params=known.params, flops=known.flops * drawn,
    )  # fmt: skip


def everyone(run):
  return len(run.train) + len(run.held_out)


OF_STAGE = {
  'data': data,
  'autoencoder': autoencoder,
  'latents': latents,
  'features': features,
  'looks': looks,
  'surrogate': surrogates,
  'scores': scores,
  'train': train,
  'sample': sample,
  'judge': judge,
  'evaluate': evaluate,
}
"""Stage -> run -> its Work; the others cost little."""
