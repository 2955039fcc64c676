"""What a list keeps of pictures that have keys by more than one name of data.

A run by data.name = imagenet calls train/n01440764/n01440764_1.JPEG
train/n01440764_1; as a folder of anyone's it has its path. One file is one picture,
whatever a list calls it.
"""

from absl import logging

from prune_dm_jax.data import SIGNS
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import lists
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.run import checked


def read(path, pictures, root):
  """[M] indices of Pictures at `root` that a list keeps.

  Raises:
    ValueError: What is wrong with the list, by the pictures' own keys.
  """
  source = pictures.source or pictures
  try:
    return lists.read_list(path, source, root=root)
  except ValueError:
    for name in names(pictures, root):
      found = by(name, path, source, root)
      if found is not None:
        logging.info('%s: its keys are those by data.name = %s', path, name)
        return found
    raise


def names(pictures, root):
  """Names of data that the path is of beside a folder of pictures."""
  return [n for n, there in SIGNS.items() if pictures.source and there(root)]


def by(name, path, source, root):
  """As `read`, by the keys of a name of data; None if it is not of these."""
  try:
    other = SOURCES[name](root)
    if not isinstance(other, source_lib.Source):  # In memory.
      return None
    other, _ = checked.without_workdir(other, root)
    chosen = lists.read_list(path, other, root=root)
  except ValueError:
    return None
  place = {where: i for i, where in enumerate(source.places())}
  there = other.places()
  found = [place.get(there[i], -1) for i in chosen]
  return None if -1 in found else found
