"""What a cell kept, for whoever writes it down."""

import pathlib
from typing import Any
from typing import NamedTuple

import numpy as np


class Chosen(NamedTuple):
  table: Any
  """The manifest: a pyarrow Table of N rows."""
  root: pathlib.Path
  """Where the data is."""
  name: str
  """A row of SOURCES."""
  source: Any = None
  """The data; None, where the manifest alone is asked for."""

  @property
  def kept(self):
    """[M] indices, ascending."""
    return np.flatnonzero(self.table['keep'].to_numpy())

  @property
  def keys(self):
    """[M] str."""
    return self.table['key'].take(self.kept).to_pylist()

  @property
  def fingerprint(self):
    return self.table.schema.metadata[b'fingerprint'].decode()


def class_names(chosen, indices):
  """[M] the name of a class each; None where there is none."""
  names = chosen.source.class_names
  labels = chosen.source.labels[indices]
  return [names[label] if label >= 0 else None for label in labels]
