"""Files between stages: named by what they depend on, whole if they exist.

  <workdir>/shared/<artifact>-<hash8>/     what every cell shares
  <workdir>/<variant>-<prune_ratio>-seed<seed>/    a cell

An artifact is made in `<path>.partial` and renamed, so that a run which is
killed leaves either all of it or something to resume. hash8 is over the config
keys and the artifacts it depends on: another code count makes a new one beside
the old.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import time
from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.pruning import METHODS

FORMAT = 1
"""Part of every hash: raised when an artifact's meaning changes."""

FREE = ('runtime.', 'score.inertia_ks', 'data.path', 'data.max_bad')
"""Where the names of keys begin that change nothing in a cell."""

CLUSTERS = ('num_clusters', 'restarts', 'normalize', 'kmeans')
"""Keys of config.score that the judge's clusters depend on."""

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
  clusters_judge: pathlib.Path
  surrogates: pathlib.Path
  subset_surrogates: pathlib.Path
  losses: pathlib.Path
  gradients: pathlib.Path
  agreements: pathlib.Path
  inertia: pathlib.Path
  scores: pathlib.Path


def hash8(*parts):
  """8 hex digits over anything JSON can write."""
  text = json.dumps([FORMAT, *parts], sort_keys=True, default=dict)
  return hashlib.sha256(text.encode()).hexdigest()[:8]


def locate(config, fingerprint, workdir):
  """The Paths of a configuration on data of this fingerprint."""
  folder = pathlib.Path(workdir) / 'shared'
  name = lambda artifact, *on: folder / f'{artifact}-{hash8(*on)}'
  seed, score = config.shared_seed, config.score
  data = {**config.data, 'path': ''}  # The fingerprint says which data it is.
  del data['max_bad']
  split = name('split', fingerprint, data, seed)
  autoencoder = name('autoencoder', split.name, config.autoencoder)
  latents = name('latents', autoencoder.name)
  classifier = name('classifier', split.name, config.classifier)
  judge = name('judge', split.name, config.judge)
  trained = {'classifier': classifier.name, 'judge': judge.name}
  features = lambda b: name(f'features_{b}', split.name, trained.get(b, ''))
  of_score = surrogate_paths(config, latents.name, name)
  of_score['features'] = features(score.backbone)
  return Paths(
    split=split,
    autoencoder=autoencoder,
    latents=latents,
    classifier=classifier,
    judge=judge,
    features_judge=features('judge'),
    clusters_judge=name(
      'clusters_judge',
      features('judge').name,
      seed,
      {key: score[key] for key in CLUSTERS},
    ),
    inertia=name(
      f'inertia_{score.backbone}',
      of_score['features'].name,
      seed,
      {key: score[key] for key in INERTIA},
    ),
    scores=scores_path(config, split.name, of_score, name),
    **of_score,
  )


def surrogate_paths(config, latents, name):
  """Where surrogates are, and what is computed at them."""
  dit = {key: config.dit[key] for key in config.dit if key != 'size'}
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


@contextlib.contextmanager
def lock(path):
  """Holds `path`'s lock; it goes when the process does, however it ends."""
  folder = path.parent / '.locks'
  folder.mkdir(parents=True, exist_ok=True)
  with open(folder / path.name, 'w') as file:
    try:
      fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      logging.info('waiting for another process that makes %s', path)
      fcntl.flock(file, fcntl.LOCK_EX)
    yield


def partial(path):
  return path.with_name(path.name + '.partial')


def build(path, make):
  """Returns `path`, made by make(folder) if it is missing."""
  if path.exists():
    return path
  with lock(path):
    if path.exists():
      return path
    folder = partial(path)
    resumed = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    make(folder)
    spent = {'seconds': time.monotonic() - began, 'resumed': resumed}
    write_json(folder / 'time.json', spent)
    folder.rename(path)
  return path


def build_file(path, make):
  """Returns `path`, written by make() if it is missing; times.json beside."""
  if path.exists():
    return path
  with lock(path):
    if path.exists():
      return path
    began = time.monotonic()
    make()
    times = path.with_name('times.json')
    earlier = read_json(times) if times.exists() else {}
    spent = {'seconds': time.monotonic() - began, 'resumed': False}
    write_json(times, {**earlier, path.name: spent})
  return path


def write(path, save):
  """Writes a file by save(temporary name), then renames it."""
  temporary = path.with_name(f'{path.stem}.partial{path.suffix}')
  save(temporary)
  with open(temporary, 'rb') as file:
    os.fsync(file.fileno())
  temporary.rename(path)


def write_json(path, value):
  text = json.dumps(value, indent=2) + '\n'
  write(path, lambda temporary: temporary.write_text(text))


def write_array(path, array):
  write(path, lambda temporary: np.save(temporary, array))


def read_json(path):
  return json.loads(path.read_text())


def flat(tree, prefix=''):
  """Nested dicts -> {'a.b': value}; tuples as JSON gives them back."""
  for key, value in tree.items():
    if isinstance(value, dict):
      yield from flat(value, f'{prefix}{key}.')
    else:
      yield prefix + key, list(value) if isinstance(value, tuple) else value


def same_config(path, config):
  """Raises ValueError naming the first key in which a cell's config differs.

  Keys that change nothing in a cell may differ: those of FREE.
  """
  old, new = dict(flat(read_json(path))), dict(flat(config))
  for key in sorted(old.keys() | new.keys()):
    if old.get(key) != new.get(key) and not key.startswith(FREE):
      raise ValueError(
        f'{path}: this cell was begun with {key} = {old.get(key)!r}, now it is '
        f'{new.get(key)!r}; use another --workdir, or the old value'
      )


def file_digest(path):
  return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
