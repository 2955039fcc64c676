"""Features of pictures: by a backbone that is given, or was trained here."""

import numpy as np

from prune_dm_jax import networks
from prune_dm_jax.data import images
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import NETWORKS


def write(run, backbone, folder):
  """features.npy [N, D] of every picture, and perhaps logits.npy [N, C]."""
  size = run.config.data.image_size
  read = lambda i: {'image': images.batch(run.source, i, size=size)}
  for name, rows in extract(run, read, len(run.source), backbone).items():
    np.save(folder / f'{name}.npy', rows)


def extract(run, read, size, backbone):
  """features [size, D] and perhaps logits [size, C] of pictures, by name.

  A network of ours has been trained before: its folder is whole.
  """
  weights = None
  if backbone in NETWORKS:
    trained = getattr(run.paths, backbone)
    weights = networks.classifier(run, backbone, trained)
  function = named(BACKBONES[backbone].load(weights))
  name = f'features of {backbone}'
  return networks.in_batches(run, function, read, size, name=name)


def named(features_of):
  """A function of {'image': ...} -> features and perhaps logits, by name."""

  def apply(batch):
    features, logits = features_of(batch['image'])
    without = {'features': features}
    return without if logits is None else {**without, 'logits': logits}

  return apply
