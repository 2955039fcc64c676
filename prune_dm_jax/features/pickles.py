"""Pickles that hold nothing but arrays: all else in them is refused.

A pickle is a program: it may name any function and call it. Here it can name
what builds arrays and dicts, and nothing more, so that PyTorch's files of
before 2020 and pickles of numpy's arrays are read without PyTorch.
"""

import collections
import io
import pickle
import struct
from typing import NamedTuple

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
"""The first pickle of a PyTorch file of before 2020."""

STORAGES = {
  'FloatStorage': np.dtype('<f4'),
  'DoubleStorage': np.dtype('<f8'),
  'HalfStorage': np.dtype('<f2'),
  'LongStorage': np.dtype('<i8'),
  'IntStorage': np.dtype('<i4'),
  'ByteStorage': np.dtype('u1'),
}


class Storage(NamedTuple):
  """Memory of tensors, which follows the pickle."""

  key: str
  dtype: np.dtype
  size: int


class Tensor(NamedTuple):
  """A view of a storage."""

  storage: Storage
  offset: int
  shape: tuple[int, ...]
  strides: tuple[int, ...]


def rebuild_tensor(storage, offset, shape, strides, *rest):
  del rest
  return Tensor(storage, offset, tuple(shape), tuple(strides))


def rebuild_array(kind, shape, code):
  """An empty array, which numpy's own state then fills."""
  del kind, shape, code
  return np.empty(0)


ALLOWED = {
  ('collections', 'OrderedDict'): collections.OrderedDict,
  ('torch._utils', '_rebuild_tensor_v2'): rebuild_tensor,
  ('numpy', 'ndarray'): np.ndarray,
  ('numpy', 'dtype'): np.dtype,
  ('numpy.core.multiarray', '_reconstruct'): rebuild_array,
  ('numpy._core.multiarray', '_reconstruct'): rebuild_array,
  **{('torch', name): dtype for name, dtype in STORAGES.items()},
}


class Unpickler(pickle.Unpickler):
  def find_class(self, module, name):
    if (module, name) not in ALLOWED:
      raise pickle.UnpicklingError(
        f'the file asks for {module}.{name}, but only arrays are read'
      )
    return ALLOWED[module, name]

  def persistent_load(self, pid):
    kind, dtype, key, _, size, _ = pid
    if kind != 'storage' or not isinstance(dtype, np.dtype):
      raise pickle.UnpicklingError(f'the file asks for {pid}, not an array')
    return Storage(key, dtype, size)


def read(data):
  """What a pickle of numpy arrays or a PyTorch file of before 2020 holds.

  Args:
    data: Its bytes.

  Returns:
    Name -> array; names of nested dicts are joined by '/'.
  """
  file = io.BytesIO(data)
  found = Unpickler(file).load()
  if found == MAGIC:
    version, _ = Unpickler(file).load(), Unpickler(file).load()
    if version != 1001:
      raise ValueError(f'version {version} of PyTorch files; only 1001 is read')
    found = Unpickler(file).load()
    memory = memories(file, Unpickler(file).load(), storages_of(found))
    found = {name: tensor_in(memory, t) for name, t in found.items()}
  return flat(found)


def storages_of(tensors):
  return {tensor.storage.key: tensor.storage for tensor in tensors.values()}


def memories(file, keys, storages):
  """Key -> its elements: each is a number of them, then themselves."""
  found = {}
  for key in keys:
    (size,) = struct.unpack('<q', file.read(8))
    if size != storages[key].size:
      raise ValueError(f'storage {key} has {size} elements, not as announced')
    dtype = storages[key].dtype
    found[key] = np.frombuffer(file.read(size * dtype.itemsize), dtype)
  return found


def tensor_in(memory, tensor):
  """The array that a tensor is; one that reaches out of its memory is refused."""
  elements = memory[tensor.storage.key]
  last = tensor.offset + sum(
    (n - 1) * stride
    for n, stride in zip(tensor.shape, tensor.strides, strict=True)
  )
  numbers = (tensor.offset, *tensor.shape, *tensor.strides)
  if min(numbers) < 0 or last >= len(elements):
    raise ValueError(f'{tensor} reaches out of its {len(elements)} elements')
  strides = [stride * elements.itemsize for stride in tensor.strides]
  view = np.lib.stride_tricks.as_strided(
    elements[tensor.offset :], tensor.shape, strides, writeable=False
  )
  return view.copy()


def flat(tree, start=''):
  """Nested dicts of arrays as one dict; what is no array is refused."""
  found = {}
  for name, value in tree.items():
    if isinstance(value, dict):
      found.update(flat(value, f'{start}{name}/'))
    elif isinstance(value, np.ndarray) and value.dtype.kind in 'fiub':
      found[f'{start}{name}'] = value
    else:
      raise ValueError(f'{start}{name} is no array of numbers')
  return found
