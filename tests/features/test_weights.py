"""Files of published weights, and what is said when they are not the right."""

import numpy as np
import pytest
from safetensors import numpy as safetensors

from prune_dm_jax.features import weights


def test_a_file_is_read_by_name(tmp_path):
  arrays = {'a.weight': np.arange(6.0).reshape(2, 3), 'n': np.array(3)}
  safetensors.save_file(arrays, tmp_path / 'x.safetensors')
  found = weights.read(tmp_path / 'x.safetensors')
  assert found.keys() == arrays.keys()
  np.testing.assert_array_equal(found['a.weight'], arrays['a.weight'])


def test_a_file_that_is_not_there_is_named_with_what_makes_it(tmp_path):
  path = tmp_path / 'clip.safetensors'
  said = f'clip.safetensors is not in {tmp_path}: .*convert SOURCE {path}'
  with pytest.raises(ValueError, match=said):
    weights.read(path)


def test_many_names_are_counted():
  with pytest.raises(
    ValueError, match='a, b, c, d and 22 more missing, nothin'
  ):
    weights.check_names([], 'zyxwvutsrqponmlkjihgfedcba', of='X')


def test_superfluous_names_are_passed_over():
  weights.check_names(['a', 'b.extra'], ['a'], of='X', superfluous=r'.*\.extra')
