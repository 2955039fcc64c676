"""What is asked of the model, what bounds it, and what is written of both."""

import functools

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import inception
from prune_dm_jax.metrics import METRICS
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import memorization
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import guidance
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import inputs
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import processes
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import evaluate_parts
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import guided
from prune_dm_jax.stages import judge
from prune_dm_jax.stages import latents
from prune_dm_jax.training import apply

PAIRS = 16


def build(run):
  """metrics.json: the samples and, beside them, what bounds them."""
  cell = cells.known_folder(run)
  inputs.note(cell, inputs.of_judges(run.config))
  make = functools.partial(write, run, cell)
  found = artifacts.build_file_together(
    cell / 'metrics.json', make, beside=('nearest.json',)
  )
  evaluate_parts.drop(cell)
  return found


def write(run, cell):
  """nearest.json and metrics.json: of the samples, and of what bounds them."""
  shown = {name: samples(run, cell / name) for name in guided.weights(run)}
  shown['reconstructions'] = reconstructions(run)
  see = functools.partial(evaluate_parts.seen, run, evaluate_parts.folder(cell))
  seen = {of: see(pictures) for of, pictures in shown.items()}
  names = [pictures.name for pictures in shown.values()]
  keep = evaluate_parts.keeping(run, cell, names)
  processes.alone(lambda: measure(run, cell, seen, keep))


def measure(run, cell, seen, keep):
  """Takes all metrics of what was seen and writes them, without a network."""
  groups = damage.read_array(run.paths.clusters_judge / 'group.npy')
  references = paths_lib.features_of(run.config, run.paths)
  beside, own, training = {}, {}, {}
  for backbone in judge.backbones(run):
    folder = references[backbone]
    beside[backbone] = compared_with(known(run, folder, run.held_out))
    own[backbone] = known(run, folder, some(run))
    training[backbone] = {}
    if 'training_features' in asked_of(run, backbone):
      training[backbone] = trained_on(run, cell, folder, groups)
  joined = lambda *parts: {
    b: {k: v for part in parts for k, v in part[b].items()} for b in beside
  }
  rows_of, rows = functools.partial(measured, run, keep), []
  for name in guided.weights(run):
    of = dict(
      of=guidance.words(name),
      settings=damage.read_json(cell / name / 'settings.json'),
    )
    rows += rows_of(joined(seen[name], beside, training), **of)
  rows += rows_of(joined(seen['reconstructions'], beside), of='reconstructions')
  rows += rows_of(joined(own, beside), of='training pictures')
  generated = joined(seen[guidance.FIRST], beside, training)
  memorized = generated[paths_lib.judges(run.config)['memorization']]
  write_pairs(run, cell, memorized, keep)
  artifacts.write_json(cell / 'metrics.json', rows)


def asked_of(run, backbone):
  """Names of what is needed of a backbone, see METRICS."""
  judges = paths_lib.judges(run.config)
  asked = [m for m in METRICS.values() if judges[m.judge] == backbone]
  return {name for metric in asked for name in metric.needs}


def measured(run, keep, given, *, of, **about):
  """Rows about pictures that are given as backbone -> arrays by name."""
  judges = paths_lib.judges(run.config)
  return rows_lib.judged(
    {judge: given[backbone] for judge, backbone in judges.items()},
    backbones=judges,
    reference='held-out pictures',
    selected_by=selected_by(run),
    seed=run.config.seed,
    inputs={'inception': inception.INPUTS[inception.INPUT].words},
    keep=functools.partial(keep, of),
    of=of,
    **about,
  )


def some(run):
  """As many training pictures as samples, by a seed."""
  mixed = np.random.default_rng(run.config.sample.seed).permutation(run.train)
  return mixed[: run.config.sample.num]


def known(run, reference, index):
  """What a judge sees of the set's own pictures [n], by name."""
  arrays = judge.arrays(reference).items()
  labels = labels_for(run, labels=run.source.labels[index])
  return {name: array[index] for name, array in arrays} | labels


def compared_with(held_out):
  """The reference, by the names that METRICS have for it."""
  moments = frechet.moments(held_out['features'])
  named = {f'reference_{name}': array for name, array in held_out.items()}
  return {**named, 'reference_moments': moments}


def write_pairs(run, cell, given, keep):
  """nearest.json: the samples nearest to training pictures, for the report."""
  generated, training, distance, ratio = memorization.pairs(
    given['features'], given['training_features'], given['training_kept'],
    number=PAIRS,
    keep=functools.partial(keep, 'samples'),
  )  # fmt: skip
  found = dict(
    generated=generated.tolist(),
    training=run.train[training].tolist(),
    distance=distance.tolist(),
    ratio=ratio.tolist(),
  )
  artifacts.write_json(cell / 'nearest.json', found)


def trained_on(run, cell, reference, groups):
  """The training set before pruning, and which of it was kept."""
  kept = np.isin(run.train, damage.read_array(cell / 'kept_idx.npy'))
  return dict(
    training_features=judge.arrays(reference)['features'][run.train],
    training_kept=kept,
    training_group=groups,
    **labels_for(run, training_labels=run.source.labels[run.train]),
  )


def labels_for(run, **labels):
  """Labels by name, if config.judge.network knows the classes they are of."""
  return labels if run.config.judge.network in NETWORKS else {}


def selected_by(run):
  """The backbones whose features selected."""
  config, method = run.config, METHODS[run.config.score.method]
  own = config.score.backbone if method.of_features else ''
  found = {own, config.select.clusters} - {''}
  return found if not config.select.file else set()


def samples(run, folder):
  """The samples in a folder, and perhaps the classes asked for."""
  path = folder / 'images.npy'
  pictures = damage.map_array(path)
  labels = damage.read_array(folder / 'labels.npy')
  told = run.config.dit.conditional
  return evaluate_parts.Shown(
    read=lambda first, number: pictures[first : first + number],
    size=len(labels),
    labels=labels_for(run, labels=labels) if told else {},
    name=f'samples-{digests.of_file(path)[:16]}',
  )


def reconstructions(run):
  """What the autoencoder makes of training pictures: the ceiling of any DiT."""
  decode, params = latents.decoder(run)
  codes, index = latents.reader(run), some(run)
  function = lambda params, batch: images.to_uint8(
    decode(params, batch['codes'])
  )
  name, size = 'reconstructions', run.config.runtime.batch_size
  call = fitting.compiled(function, params, name=name, mesh=run.mesh)

  def read(first, number):
    return apply.mapped(
      call, lambda i: {'codes': codes(index[i])['codes']}, number,
      mesh=run.mesh, batch_size=min(size, len(index)), first=first,
    )  # fmt: skip

  of = artifacts.hash8(latents.autoencoder_digest(run), index.tolist())
  labels = labels_for(run, labels=run.source.labels[index])
  return evaluate_parts.Shown(read, len(index), labels, f'{name}-{of}')
