"""Where the shared artifacts of a configuration are, by what they depend on.

  <workdir>/shared/<artifact>-<hash8>/

hash8 is over the config keys and the artifacts that one depends on: another
code count makes a new one beside the old.
"""

import functools
import pathlib
from typing import NamedTuple

from prune_dm_jax.data.lists import by_key
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import lpips
from prune_dm_jax.features import path_of
from prune_dm_jax.metrics import JUDGES
from prune_dm_jax.pruning import CLUSTERS
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import digests
from prune_dm_jax.run import meanings
from prune_dm_jax.run import progress
from prune_dm_jax.run import surrogate_paths
from prune_dm_jax.run.artifacts import hash8

ALSO = ('precision', 'memorization')
"""Keys of config.judge that the training of our own judge knows nothing of."""

INERTIA = ('restarts', 'normalize', 'kmeans', 'inertia_ks', 'components')
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
  half_surrogates: pathlib.Path
  held_out_losses: pathlib.Path
  influences: pathlib.Path
  class_losses: pathlib.Path
  inertia: pathlib.Path
  scores: pathlib.Path
  looks: pathlib.Path
  twins: pathlib.Path


def locate(config, fingerprint, workdir, *, together=False):
  """The Paths of a configuration on data of this fingerprint.

  `together`: whether the split is another one, as copies are on one side.
  """
  folder = pathlib.Path(workdir) / 'shared'
  name = lambda artifact, *on: (
    folder / (f'{artifact}-{hash8(*on, *meanings.of(artifact))}')
  )
  seed, score = config.shared_seed, config.score
  rule = ['copies together'] if together else []
  split = name('split', fingerprint, naming(config.data), seed, *rule)
  autoencoder = name(
    'autoencoder', split.name, config.autoencoder, seen_by(config)
  )
  latents = name('latents', autoencoder.name)
  classifier = name('classifier', split.name, config.classifier)
  training = surrogate_paths.without(config.judge, *ALSO)
  judge = name('judge', split.name, training)
  trained = {'classifier': classifier.name, 'judge': judge.name}
  network = lambda b: trained.get(b) or weights_digest(config, b)
  asked = judges(config)
  features = {
    b: name(f'features_{b}', split.name, network(b))
    for b in {score.backbone, *asked.values()}
  }
  judged = features[asked['network']]
  of_score = surrogate_paths.locate(config, latents.name, name)
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
    clusters_judge=name(
      'clusters_judge', judged.name, seed, options(score, CLUSTERS)
    ),
    **of_score,
    **pruning_paths(config, split.name, of_score, name),
  )


def pruning_paths(config, split, of_score, name):
  """Where it is said which examples are worth keeping."""
  score, features = config.score, of_score['features'].name
  seen_by = features if config.twins.by == 'features' else ''
  looked = meanings.of_twins(config.twins)
  twins = name('twins', split, config.twins, seen_by, *looked)
  among = candidates(config, twins.name)
  paths = {**of_score, 'looks': name('looks', split), 'twins': twins}
  return dict(
    inertia=name(
      f'inertia_{score.backbone}',
      features,
      config.shared_seed,
      options(score, INERTIA),
    ),
    scores=scores_path(config, split, paths, among, name),
    looks=paths['looks'],
    twins=twins,
  )


def junk_rules(config):
  """The rules of config.junk that are on."""
  return {name: value for name, value in config.junk.items() if value}


def candidates(config, twins):
  """What decides which examples a method sees, if not all of those trained on."""
  of_twins = [twins] if config.select.twins == 'drop' else []
  rules = junk_rules(config)
  found = [*of_twins, *([rules, *meanings.of('looks')] if rules else [])]
  if of_twins and (rules or config.data.leaks == 'drop'):
    found.append('who is left out stands for no twin')
  return found


def naming(data):
  """The keys of config.data that change what is made of it."""
  data = {**data, 'path': ''}  # The fingerprint says which data it is.
  del data['max_bad']
  if data['crop'] == 'center':  # As before there were others.
    del data['crop']
  if data['leaks'] == 'keep':
    del data['leaks']
  return data


def options(score, keys):
  """Those keys of config.score, without what is off and was not there before."""
  off = {'components': 0}
  return {
    key: score[key] for key in keys if key not in off or score[key] != off[key]
  }


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
  return path_of(backbone, pathlib.Path(config.weights))


def weights_digest(config, backbone):
  """Of what a backbone's features are made with, beside pictures; else ''."""
  if backbone == GIVEN:
    return given_digest(config.score.embeddings)
  path = weights_path(config, backbone)
  return digest_of(path) if path else ''


def given_digest(file):
  """Of a file of scores or embeddings, and of the keys beside an .npy."""
  path = pathlib.Path(file)
  with progress.doing(f'reading {path}'):
    found = digest_of(path)
    is_array = path.suffix.lower() == '.npy'
    return [found, digest_of(by_key.beside(path))] if is_array else found


def digest_of(path):
  return digests.of_file(path) if path.is_file() else ''


def lpips_path(config):
  return pathlib.Path(config.weights) / lpips.FILE


def seen_by(config):
  """The digest of what the autoencoder is perceived by; '' if by nothing."""
  return digest_of(lpips_path(config)) if config.autoencoder.perceptual else ''


def scores_path(config, split, paths, among, name, asked=''):
  """Where scores are: of what the method is given, and of its own options.

  `asked`: a method; '': that of the configuration.
  """
  score, asked = config.score, asked or config.score.method
  method = METHODS[asked]
  if method.of_cell:
    return name(f'scores_{asked}', split, config.seed, *among)
  where = functools.partial(scores_path, config, split, paths, among, name)
  others = {
    'given': lambda: given_digest(score.scores),
    'labels': lambda: split,
    'surrogates': lambda: paths['agreements'].name,
    'clusters': lambda: where('cluster').name,
  }
  name_of = lambda need: others.get(need, lambda: paths[need].name)()
  needs = [name_of(need) for need in method.needs]
  own = options(score, method.options)
  of = f'_{score.backbone}' if method.of_features else ''
  number = [config.prune_ratio] if method.of_number else []
  return name(
    f'scores_{asked}{of}', split, needs, own, config.shared_seed,
    *among, *([method.version] if method.version else []), *number,
  )  # fmt: skip
