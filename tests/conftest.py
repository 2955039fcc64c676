"""Four devices on any machine, and no silent broadcasting of ranks.

What is compiled is shared by all tests and the processes that they start.
"""

import os
import pathlib
import shutil
import tempfile

os.environ['JAX_COMPILATION_CACHE_DIR'] = (
  os.environ['JAX_COMPILATION_CACHE_DIR']  # Of whom a worker works for.
  if 'PYTEST_XDIST_WORKER' in os.environ
  else tempfile.mkdtemp(prefix='compiled')
)
os.environ['JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS'] = '0.3'
os.environ['PRUNE_DM_CACHE'] = tempfile.mkdtemp(prefix='contents')
os.environ['JAX_PLATFORMS'] = 'cpu'
os.environ['XLA_FLAGS'] = '--xla_force_host_platform_device_count=4'

import jax
import numpy as np
import pytest
from absl import flags

from prune_dm_jax.features import packages

flags.FLAGS.mark_as_parsed()  # grain's workers read their flags.
jax.config.update('jax_numpy_rank_promotion', 'raise')


def pytest_unconfigure():
  """Drops what was compiled, when nothing runs any more; and what was read."""
  shutil.rmtree(os.environ['PRUNE_DM_CACHE'], ignore_errors=True)
  if 'PYTEST_XDIST_WORKER' not in os.environ:
    shutil.rmtree(os.environ['JAX_COMPILATION_CACHE_DIR'], ignore_errors=True)


@pytest.fixture
def golden():
  """name -> arrays of tests/golden/<name>.npz."""
  folder = pathlib.Path(__file__).parent / 'golden'

  def load(name):
    with np.load(folder / f'{name}.npz') as file:
      return dict(file)

  return load


@pytest.fixture
def no_package(monkeypatch):
  """As if no package of weights were installed."""
  monkeypatch.setattr(packages, 'installed', lambda package: None)
