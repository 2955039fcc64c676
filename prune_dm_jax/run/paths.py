"""Where the shared artifacts of a configuration are, by what they depend on.

  <workdir>/shared/<artifact>-<hash8>/

hash8 is over the config keys and the artifacts that one depends on: another
code count makes a new one beside the old.
"""

import pathlib
from typing import NamedTuple

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import lpips
from prune_dm_jax.metrics import JUDGES
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run.artifacts import file_digest
from prune_dm_jax.run.artifacts import hash8

CLUSTERS = ('num_clusters', 'restarts', 'normalize', 'kmeans')
"""Keys of config.score that the judge's clusters depend on."""

ALSO = ('precision', 'memorization')
"""Keys of config.judge that the training of our own judge knows nothing of."""

INERTIA = ('restarts', 'normalize', 'kmeans', 'inertia_ks')
"""Keys of config.score that the curve of inertia depends on."""


class Paths(NamedTuple):
  """Where the shared artifacts of one configuration are."""

  split: pathlib.Path
  autoencoder: pathlib.Path
  latents: pathlib.Path
  classifier: pathlib.Path
  judge: pathlib.Path
  features: pathlib.Path
  features_judge: pathlib.Path
  features_precision: pathlib.Path
  features_memorization: pathlib.Path
  clusters_judge: pathlib.Path
  surrogates: pathlib.Path
  subset_surrogates: pathlib.Path
  losses: pathlib.Path
  gradients: pathlib.Path
  agreements: pathlib.Path
  inertia: pathlib.Path
  scores: pathlib.Path
  looks: pathlib.Path
  twins: pathlib.Path


def locate(config, fingerprint, workdir, *, together=False):
  """The Paths of a configuration on data of this fingerprint.

  `together`: whether the split is another one, as copies are on one side.
  """
  folder = pathlib.Path(workdir) / 'shared'
  name = lambda artifact, *on: folder / f'{artifact}-{hash8(*on)}'
  seed, score = config.shared_seed, config.score
  some = lambda keys: {key: score[key] for key in keys}
  rule = ['copies together'] if together else []
  split = name('split', fingerprint, naming(config.data), seed, *rule)
  autoencoder = name(
    'autoencoder', split.name, config.autoencoder, seen_by(config)
  )
  latents = name('latents', autoencoder.name)
  classifier = name('classifier', split.name, config.classifier)
  training = {k: v for k, v in config.judge.items() if k not in ALSO}
  judge = name('judge', split.name, training)
  trained = {'classifier': classifier.name, 'judge': judge.name}
  network = lambda b: trained.get(b) or weights_digest(config, b)
  asked = judges(config)
  features = {
    b: name(f'features_{b}', split.name, network(b))
    for b in {score.backbone, *asked.values()}
  }
  judged = features[asked['network']]
  of_score = surrogate_paths(config, latents.name, name)
  of_score['features'] = features[score.backbone]
  return Paths(
    split=split,
    autoencoder=autoencoder,
    latents=latents,
    classifier=classifier,
    judge=judge,
    features_judge=judged,
    features_precision=features[asked['precision']],
    features_memorization=features[asked['memorization']],
    clusters_judge=name('clusters_judge', judged.name, seed, some(CLUSTERS)),
    inertia=name(
      f'inertia_{score.backbone}',
      of_score['features'].name,
      seed,
      some(INERTIA),
    ),
    scores=scores_path(config, split.name, of_score, name),
    looks=name('looks', split.name),
    twins=name('twins', split.name, config.twins, twins_of(config, of_score)),
    **of_score,
  )


def twins_of(config, paths):
  """What twins are found by, beside the pictures themselves."""
  return paths['features'].name if config.twins.by == 'features' else ''


def naming(data):
  """The keys of config.data that change what is made of it."""
  data = {**data, 'path': ''}  # The fingerprint says which data it is.
  del data['max_bad']
  if data['crop'] == 'center':  # As before there were others.
    del data['crop']
  if data['leaks'] == 'keep':
    del data['leaks']
  return data


def judges(config):
  """For each of JUDGES its backbone; that of '' is config.judge.network."""
  return {key: config.judge[key] or config.judge.network for key in JUDGES}


def features_of(config, paths):
  """backbone -> where its features of every picture are."""
  asked = judges(config)
  return {
    config.score.backbone: paths.features,
    asked['network']: paths.features_judge,
    asked['precision']: paths.features_precision,
    asked['memorization']: paths.features_memorization,
  }


def weights_path(config, backbone):
  """Where the weights of a published network are; None, if it is no such."""
  file = BACKBONES[backbone].file
  return pathlib.Path(config.weights) / file if file else None


def weights_digest(config, backbone):
  path = weights_path(config, backbone)
  return digest_of(path) if path else ''


def digest_of(path):
  return file_digest(path) if path.is_file() else ''


def lpips_path(config):
  return pathlib.Path(config.weights) / lpips.FILE


def seen_by(config):
  """The digest of what the autoencoder is perceived by; '' if by nothing."""
  return digest_of(lpips_path(config)) if config.autoencoder.perceptual else ''


def surrogate_paths(config, latents, name):
  """Where surrogates are, and what is computed at them."""
  dit = {
    key: config.dit[key] for key in config.dit if key not in ('size', 'init')
  }
  on = (latents, dit, config.flow)
  part = {
    key: config.surrogate[key]
    for key in ('size', 'batch_size', 'learning_rate', 'seed')
  }
  full = name('surrogates', *on, config.surrogate)
  subsets = name('subset_surrogates', *on, part, config.moso)
  bank, way = config.bank, config.score.gradient
  return dict(
    surrogates=full,
    subset_surrogates=subsets,
    losses=name('losses', full.name, bank),
    gradients=name('gradients', full.name, bank, way),
    agreements=name('agreements', subsets.name, bank, way),
  )


def scores_path(config, split, paths, name):
  """Where scores are: of what the method is given, and of its own options."""
  score, method = config.score, METHODS[config.score.method]
  if score.method == 'random':
    return name('scores_random', split, config.seed)
  given = {'surrogates': 'agreements'}
  needs = [paths[given.get(need, need)].name for need in method.needs]
  options = {key: score[key] for key in method.options}
  of = f'_{score.backbone}' if 'features' in method.needs else ''
  return name(
    f'scores_{score.method}{of}', split, needs, options, config.shared_seed
  )
