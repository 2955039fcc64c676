"""Features of pictures: by a backbone that is given, or was trained here."""

import functools

import jax.numpy as jnp
import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.data.lists import embeddings
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import classifier as classifier_lib
from prune_dm_jax.features import weights as weights_lib
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.stages import fitting


def build(run, backbone=''):
  """Where features [N, D] of every picture are, and logits [N, C] if any.

  Of the backbone that selects, or of another one.
  """
  backbone = backbone or run.config.score.backbone
  path = paths_lib.features_of(run.config, run.paths)[backbone]
  if backbone in NETWORKS:
    build_classifier(run, backbone)
  return artifacts.build_together(path, functools.partial(write, run, backbone))


def build_classifier(run, name):
  """Where a classifier of ours is, trained on the training split."""
  path = getattr(run.paths, name)
  make = functools.partial(fit_classifier, run, name)
  return artifacts.build_together(path, make)


def write(run, backbone, folder):
  """features.npy [N, D] of every picture, and perhaps logits.npy [N, C]."""
  if backbone == GIVEN:
    return write_given(run, folder)
  data, workers = run.config.data, run.config.runtime.workers
  read = functools.partial(pictures, run.source, data.image_size, data.crop)
  found = extract(run, read, len(run.source), backbone, workers=workers)
  for name, rows in found.items():
    artifacts.write_array(folder / f'{name}.npy', rows)


def write_given(run, folder):
  """features.npy, of what the user has computed elsewhere."""
  path = run.config.score.embeddings
  save = functools.partial(
    embeddings.write, path, run.source, root=run.config.data.path
  )
  with progress.doing(f'reading {path}'):
    artifacts.write(folder / 'features.npy', save)


def pictures(source, size, crop, indices):
  return {'image': images.batch(source, indices, size=size, crop=crop)}


def extract(run, read, size, backbone, *, workers=0):
  """features [size, D] and perhaps logits [size, C] of pictures, by name.

  A network of ours has been trained before: its folder is whole.
  """
  weights = weights_of(run, backbone)
  function = named(BACKBONES[backbone].load(weights))
  see = functools.partial(seen, backbone, read)
  name = f'features of {backbone}'
  return fitting.in_batches(
    run, function, see, size, name=name, workers=workers
  )


def seen(backbone, read, indices):
  return {'image': prepared(backbone, read(indices)['image'])}


def weights_of(run, backbone):
  """What a backbone loads; None, if it has no weights."""
  if backbone in NETWORKS:
    return fit_classifier(run, backbone, getattr(run.paths, backbone))
  path = paths_lib.weights_path(run.config, backbone)
  return weights_lib.read(path) if path else None


def fit_classifier(run, name, folder):
  """Trains or loads a classifier; returns its `Weights`."""
  if not run.source.class_names:
    raise ValueError(
      f'the {name} is trained on classes, but this data has none; '
      'choose another backbone'
    )
  options = run.config[name]
  network = NETWORKS[name](len(run.source.class_names))
  example = jnp.zeros((1, *fitting.picture_shape(run)))
  state = fitting.fit(
    run,
    folder,
    options,
    name=name,
    init=lambda key: (network.init(key, example)['params'], ()),
    objective=classifier_lib.objective(network),
    kept=run.train,
    read=fitting.reader(run),
    seed=options.seed,
    ema_decay=0.99,
  )
  return classifier_lib.Weights(network, state.ema)


def prepared(backbone, pictures):
  """[B, H, W, C] as a published network was shown them; else as they are."""
  if not BACKBONES[backbone].file:
    return pictures
  return np.stack(list(map(BACKBONES[backbone].prepare, pictures)))


def named(features_of):
  """A function of {'image': ...} -> features and perhaps logits, by name."""

  def apply(batch):
    features, logits = features_of(batch['image'])
    without = {'features': features}
    return without if logits is None else {**without, 'logits': logits}

  return apply
