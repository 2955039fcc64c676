"""A run that is foreseen: a configuration, a number of pictures, no data.

What is known of the sets of the paper is used where their path does not exist
here; else the names at the path are read, and no picture.
"""

import contextlib
import functools
import pathlib
import tempfile
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import ROWS
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import facts
from prune_dm_jax.run import checked
from prune_dm_jax.run import checks
from prune_dm_jax.run import opening
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress


class Set(NamedTuple):
  """What is known of a data set."""

  number: int
  held_out: int
  """Those that the set itself holds out."""
  classes: int
  channels: int
  how: str
  """Where that is from, in words."""
  source: Any = None
  """The set itself, where it is here."""


UNKNOWN = Set(0, 0, 0, 3, 'not known, as there is no data: taken for none')


class Source(NamedTuple):
  """What programs ask of a source."""

  class_names: tuple
  labels: np.ndarray
  channels: int
  fingerprint: str = 'foreseen'

  def image(self, i):
    del i
    return np.zeros((1, 1, self.channels), np.uint8)


@progress.doing('looking at the data')
def set_of(config):
  """The Set of a configuration."""
  data = config.data
  path = pathlib.Path(data.path)
  if data.name not in EMBEDDED and not (data.path and path.exists()):
    known = ROWS[data.name].published
    return Set(*known, 'as published') if known else UNKNOWN
  with checked.no_garbage():
    source = SOURCES[data.name](data.path)
  channels = source.image(0).shape[-1] if len(source) else 3
  found = len(source), int(source.held_out.sum()), len(source.class_names)
  how = f'as at {path}' if data.path else 'as installed'
  return Set(*found, channels, how, source)


def troubles(config, known, *, judged=True):
  """What a configuration asks of a set that is here, and it has not: sentences."""
  source = known.source
  if source is None:
    return []
  asked = [functools.partial(opening.check_labels, source, config)]
  asked.append(functools.partial(opening.check_classes, source.labels, config))
  for check in (checks.check_held_out, opening.check_judge) if judged else ():
    asked.append(functools.partial(check, source, config))
  return checks.said(asked)


def split(config, known):
  """How many are trained on, and how many held out."""
  held_out = known.held_out or round(known.number * config.data.held_out)
  return known.number - held_out, held_out


@contextlib.contextmanager
def run(config, known, mesh):
  """A Run on devices that need not be there, of pictures that are none."""
  with tempfile.TemporaryDirectory(prefix='foreseen') as folder:
    trained_on, held_out = split(config, known)
    source = Source(
      tuple(map(str, range(known.classes))), np.zeros(1, np.int32),
      known.channels,
    )  # fmt: skip
    paths = paths_lib.locate(config, source.fingerprint, folder)
    every = np.arange(known.number)
    yield opening.Run(
      config, source, every[:trained_on], every[trained_on:], every[:0], paths,
      pathlib.Path(folder), mesh, none_of(facts.Facts), every[:0], every[:0],
    )  # fmt: skip


def none_of(kind):
  return kind(*[None] * len(kind._fields))
