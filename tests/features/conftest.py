"""Weights to fill published networks with, where the published are not here."""

import hashlib
import json
import pathlib
import pickle
import sys
import zlib

import numpy as np
import pytest

from prune_dm_jax.features import packages

KEYS = pathlib.Path(__file__).parents[1] / 'golden' / 'keys'


@pytest.fixture(scope='session')
def published():
  """File -> {official name: shape}, of the published file."""
  return lambda file: {
    name: tuple(shape)
    for name, shape in json.loads((KEYS / f'{file}.json').read_text())[
      'keys'
    ].items()
  }


@pytest.fixture(scope='session')
def normal():
  """{official name: shape} -> weights that keep the picture to the end."""
  return lambda shapes: {
    k: normal_array(k, shape) for k, shape in shapes.items()
  }


def normal_array(name, shape):
  """The recipe of tests/golden/*_normal.npz."""
  rng = np.random.default_rng(zlib.crc32(name.encode()))
  n = rng.standard_normal(shape, np.float32)
  if name.endswith('running_var'):
    return 1 + np.float32(0.3) * n**2
  if len(shape) > 1:
    return n * np.float32((2 / np.prod(shape[1:])) ** 0.5)
  if name.endswith('weight'):
    return 1 + np.float32(0.1) * n
  return np.float32(0.1) * n


@pytest.fixture(scope='session')
def narrow_vgg(normal):
  """VGG16 under torchvision's names, with few channels."""
  widths = (4, 4, 6, 6, *9 * (8,))
  places = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
  shapes, before = {}, 3
  for place, width in zip(places, widths, strict=True):
    shapes[f'features.{place}.weight'] = (width, before, 3, 3)
    shapes[f'features.{place}.bias'] = (width,)
    before = width
  for place, rows, columns in ((0, 16, 8 * 49), (3, 12, 16), (6, 5, 12)):
    shapes[f'classifier.{place}.weight'] = (rows, columns)
    shapes[f'classifier.{place}.bias'] = (rows,)
  return normal(shapes)


@pytest.fixture
def stand_in(tmp_path, monkeypatch, normal, published):
  """The weights in a package that is on sys.path and must not be imported."""
  weights = normal(published('EfficientNet-Lite0'))
  weights = {name: np.asarray(array) for name, array in weights.items()}
  module = packages.LITE0.name.replace('-', '_')
  path = tmp_path / module / 'models' / 'efficientnet-lite0-0.pth'
  path.parent.mkdir(parents=True)
  (path.parents[1] / '__init__.py').write_text('raise RuntimeError')
  path.write_bytes(pickle.dumps(weights, 4))
  known = hashlib.sha256(path.read_bytes()).hexdigest()
  package = packages.LITE0._replace(sha256=known)
  monkeypatch.undo()  # Of no_package.
  monkeypatch.setattr(packages, 'PACKAGES', (package,))
  monkeypatch.setattr(sys, 'path', [str(tmp_path), *sys.path])
  monkeypatch.delitem(sys.modules, module, raising=False)
  return path
