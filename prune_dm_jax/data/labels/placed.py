"""Where each picture is: its split, and the folders that may be classes."""

import numpy as np

from prune_dm_jax.data.labels import mask_folders
from prune_dm_jax.data.labels import named_values
from prune_dm_jax.data.labels import split_names
from prune_dm_jax.data.labels import splits


def places(names):
  """[F] splits.Place of folders, [N] which of them each name is in; words."""
  folders, at = in_folders(names)
  dirs = [(*folder.split('/'),) if folder else () for folder in folders]
  dirs, said = named_values.read(dirs)
  dirs, masked = mask_folders.apart(splits.of_domains(dirs), names, at.tolist())
  found, words = splits.places(dirs)
  found = [
    place._replace(split=mask, role=split_names.NEITHER) if mask else place
    for place, mask in zip(found, masked, strict=True)
  ]
  return found, at, said + words


def in_folders(names):
  """[F] folders that names are in, and [N] the place of each name's among them."""
  place = {}
  at = [place.setdefault(name.rpartition('/')[0], len(place)) for name in names]
  return [*place], np.array(at, int)
