"""A set that TensorFlow Datasets prepared: where it is, and what its features
are.

  <name>/<config>/<version>/dataset_info.json, features.json

Of versions the highest is taken; of several configurations none.
"""

import functools
import pathlib
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data.tables import columns

NAMES = ('file_name', 'image/filename', 'filename')
"""Features that name a picture, of imagenet2012, celeb_a_hq and others."""

INFO, FEATURES = 'dataset_info.json', 'features.json'


class Chosen(NamedTuple):
  """Features of a set: '' is none."""

  image: str
  label: str
  doubt: str
  name: str


def folder(path):
  """Where TFDS's dataset_info.json is: here, or in <config>/<version>; or None.

  Raises:
    ValueError: There are several sets below.
  """
  path, found = pathlib.Path(path), {}
  for pattern in ('', '*/', '*/*/'):
    for file in path.glob(f'{pattern}{INFO}'):
      if is_tfds(file):
        found.setdefault(file.parent.parent, []).append(file.parent)
    if found:
      break
  if len(found) > 1:
    names = sorted(str(home.relative_to(path)) for home in found)
    raise ValueError(
      f'{path}: there are several sets of TFDS, {columns.listed(names)}; give '
      'the path of one'
    )
  return newest(found)


def newest(found):
  """The folder of the highest version, or None."""
  folders = [folder for those in found.values() for folder in those]
  number = lambda part: (int(part), '') if part.isdigit() else (-1, part)
  version = lambda folder: [number(part) for part in folder.name.split('.')]
  return max(folders, key=version, default=None)


def is_tfds(file):
  """Whether a dataset_info.json is of TFDS: others write this name too."""
  if (file.parent / FEATURES).is_file():
    return True
  info = columns.read_json(file.read_bytes())
  return isinstance(info, dict) and 'fileFormat' in info


@functools.cache
def builder(folder):
  import tensorflow_datasets as tfds

  try:
    found = tfds.builder_from_directory(folder)
    form = getattr(found.info.file_format, 'value', 'nothing it names')
  except Exception as error:  # It raises anything.
    why = ' '.join(str(error).split())[:80]
    raise ValueError(
      f'{folder}: TFDS cannot read its {INFO} and {FEATURES}: {why}'
    ) from error
  if form != 'array_record':
    raise ValueError(
      f'{folder}: prepared as {form}, which only '
      "TensorFlow reads; prepare it with file_format='array_record'"
    )
  return found


@functools.cache
def chosen(folder):
  """The features that are the picture, its class and its name."""
  import tensorflow_datasets as tfds

  of = tfds.features
  there = dict(builder(folder).info.features)
  images = [n for n, f in there.items() if type(f) is of.Image]
  images = ['image'] if 'image' in images else images
  if len(images) != 1:
    kinds = [f'{name} {type(f).__name__}' for name, f in there.items()]
    many = 'several features are pictures' if images else 'no feature is one'
    raise ValueError(
      f'{folder}: no `image`, and {many}, of {columns.listed(kinds)}'
    )
  label, doubt = class_feature(folder, there, of)
  named = [name for name in NAMES if type(there.get(name)) is of.Text]
  return Chosen(images[0], label, doubt, named[0] if named else '')


def class_feature(folder, there, of):
  """The feature of classes or '', and what makes that doubtful."""
  fit = [n for n, f in there.items() if can_be_class(f, of)]
  if 'label' in there and 'label' not in fit:
    kind = columns.short(there['label'])
    raise ValueError(
      f'{folder}: its feature `label` is {kind}; a class is a whole number, a '
      'bool or a text'
    )
  said = [n for n in fit if isinstance(there[n], of.ClassLabel)]
  can = ['label'] if 'label' in fit else said
  can = can or [n for n in fit if columns.called_class(n)]
  if len(can) > 1:
    return '', f'{columns.listed(can)} could each be `label`'
  return (can[0], '') if can else ('', 'no feature is called `label`')


def can_be_class(feature, of):
  if isinstance(feature, of.ClassLabel) or type(feature) is of.Text:
    return True
  if not isinstance(feature, of.Tensor) or feature.shape:
    return False
  return np.dtype(feature.np_dtype).kind in 'biuf'
