"""Pickles of arrays, and pickles that are no such thing."""

import collections
import os
import pickle
import struct

import mutants
import numpy as np
import pytest

from prune_dm_jax.features import pickles


class Malicious:
  def __reduce__(self):
    return os.mkdir, (self.folder,)


def text(value):
  return b'X' + struct.pack('<I', len(value)) + value.encode()


def number(value):
  return b'J' + struct.pack('<i', value)


def together(*items):
  return b'(' + b''.join(items) + b't'


def torch_file(*, offset, shape, strides):
  """What PyTorch wrote before 2020: {'w': a view of the floats 0 to 5}."""
  pid = together(
    text('storage'), b'ctorch\nFloatStorage\n', text('7'), text('cpu'),
    number(6), b'N',
  )  # fmt: skip
  tensor = b'ctorch._utils\n_rebuild_tensor_v2\n' + together(
    pid + b'Q', number(offset), together(*map(number, shape)),
    together(*map(number, strides)), b'\x89', b'}',
  )  # fmt: skip
  head = [pickles.MAGIC, 1001, {'little_endian': True}]
  parts = [pickle.dumps(part, 2) for part in head]
  parts += [b'\x80\x02}' + text('w') + tensor + b'Rs.', pickle.dumps(['7'], 2)]
  memory = struct.pack('<q', 6) + np.arange(6, dtype='<f4').tobytes()
  return b''.join(parts) + memory


@pytest.mark.parametrize('protocol', (3, 4))
def test_arrays_of_numpy_are_read_by_their_path(protocol):
  kernel = np.arange(6, dtype=np.float32).reshape(2, 3)
  tree = collections.OrderedDict(Conv_0={'kernel': kernel}, n=np.arange(2))
  found = pickles.read(pickle.dumps(tree, protocol))
  assert list(found) == ['Conv_0/kernel', 'n']
  np.testing.assert_array_equal(found['Conv_0/kernel'], kernel)


def test_tensors_are_views_of_their_memory():
  found = pickles.read(torch_file(offset=1, shape=(2, 2), strides=(1, 3)))
  np.testing.assert_array_equal(found['w'], [[1, 4], [2, 5]])


@pytest.mark.parametrize(
  ('offset', 'shape', 'strides'),
  [(0, (7,), (1,)), (3, (2, 2), (1, 3)), (2, (2,), (-1,))],
)
def test_tensors_that_reach_out_of_their_memory_are_refused(
  offset, shape, strides
):
  data = torch_file(offset=offset, shape=shape, strides=strides)
  with pytest.raises(ValueError, match='reaches out of its 6 elements'):
    pickles.read(data)


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_call_a_function_is_refused(tmp_path, protocol):
  malicious = Malicious()
  malicious.folder = str(tmp_path / 'made')
  data = pickle.dumps({'w': malicious}, protocol)
  with pytest.raises(ValueError, match='asks for .*mkdir'):
    pickles.read(data)
  assert not (tmp_path / 'made').exists()
  pickle.loads(data)  # It is not harmless.
  assert (tmp_path / 'made').exists()


def test_what_is_no_array_of_numbers_is_refused():
  objects = np.array([None, 'a'], dtype=object)
  with pytest.raises(ValueError, match='a/w is no array of numbers'):
    pickles.read(pickle.dumps({'a': {'w': objects}}))
  with pytest.raises(ValueError, match='epoch is no array of numbers'):
    pickles.read(pickle.dumps({'epoch': 3}))


@pytest.mark.parametrize('code', ['>f4', '<i8', '|u1', '|b1', '<f2'])
@pytest.mark.parametrize('order', ['C', 'F'])
def test_numbers_keep_their_type_their_order_and_the_order_of_bytes(
  code, order
):
  array = np.arange(6).reshape(2, 3).astype(code, order=order)
  found = pickles.read(pickle.dumps({'w': array}, 3))['w']
  assert found.dtype == array.dtype
  np.testing.assert_array_equal(found, array)


def called(name, *arguments):
  """A pickle of {'w': what a function of that name gives}."""
  module, _, function = name.rpartition('.')
  call = f'c{module}\n{function}\n'.encode() + together(*arguments) + b'R'
  return b'\x80\x02}' + text('w') + call + b's.'


def test_memory_is_not_taken_before_there_are_bytes_for_it():
  """numpy.ndarray((2**31 - 1, 4096, 4096)) would be 32 PB."""
  shape = together(*map(number, (2**31 - 1, 4096, 4096)))
  for name in ('numpy.ndarray', 'numpy.core.multiarray._reconstruct'):
    with pytest.raises(ValueError, match='w is no array of numbers'):
      pickles.read(called(name, shape))
  size = together(text('storage'), b'ctorch\nFloatStorage\n', text('7'),
                  text('cpu'), number(2**31 - 1), b'N')  # fmt: skip
  tensor = b'ctorch._utils\n_rebuild_tensor_v2\n' + together(
    size + b'Q', number(0), shape, shape, b'\x89', b'}')  # fmt: skip
  with pytest.raises(ValueError, match='w is no array of numbers'):
    pickles.read(b'\x80\x02}' + text('w') + tensor + b'Rs.')


@pytest.mark.parametrize(
  'name',
  ['builtins.eval', 'builtins.getattr', 'os.system', 'numpy.load', 'numpy.core'
   '.multiarray.fromstring', 'collections.namedtuple', 'torch.load', 'operator'
   '.attrgetter', 'prune_dm_jax.features.pickles.read'],
)  # fmt: skip
def test_no_other_function_is_called(name):
  with pytest.raises(ValueError, match=f"asks for '{name}', but only arrays"):
    pickles.read(called(name, text('1')))


def test_a_pickle_of_any_bytes_is_arrays_or_refused_in_a_sentence():
  whole = [
    pickle.dumps({'a': {'w': np.arange(6.0).reshape(2, 3)}}, 4),
    torch_file(offset=1, shape=(2, 2), strides=(1, 3)),
  ]
  mutants.tried(whole, 400, pickles.read)


@pytest.mark.slow
def test_a_pickle_of_any_bytes_is_arrays_or_refused_in_a_sentence_many():
  whole = [
    pickle.dumps({'a': {'w': np.arange(6.0).reshape(2, 3)}}, 3),
    pickle.dumps({'a': {'w': np.arange(6.0).reshape(2, 3)}}, 4),
    torch_file(offset=1, shape=(2, 2), strides=(1, 3)),
  ]
  print(mutants.tried(whole, 20_000, pickles.read))
