"""Pickles that hold nothing but arrays: all else in them is refused.

A pickle is a program: it may name any function and call it. Here it can name
what builds arrays and dicts, and nothing more, so that PyTorch's files of
before 2020 and pickles of numpy's arrays are read without PyTorch.
"""

import collections
import io
import pickle
import pickletools
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


class Refused(ValueError):
  """What is no pickle of arrays, in a sentence."""


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


class Kind:
  """A dtype of numpy, by its code; its state says the order of bytes."""

  def __init__(self, code, *_):
    self.code, self.order = code, '='

  def __setstate__(self, state):
    self.order = state[1]


class Array:
  """An array of numpy, by the state that a pickle gives it."""

  def __init__(self, *_):
    self.state = None

  def __setstate__(self, state):
    self.state = state

  def array(self):
    """Its numbers; raises ValueError, if they are none."""
    _, shape, kind, fortran, data = self.state
    dtype = np.dtype(kind.code).newbyteorder(kind.order.replace('|', '='))
    if dtype.kind not in 'fiub':
      raise Refused(dtype)
    order = 'F' if fortran else 'C'
    return np.ndarray(shape, dtype, memoryview(data), order=order).copy(order)


ALLOWED = {
  ('collections', 'OrderedDict'): collections.OrderedDict,
  ('torch._utils', '_rebuild_tensor_v2'): rebuild_tensor,
  ('numpy', 'ndarray'): Array,
  ('numpy', 'dtype'): Kind,
  ('numpy.core.multiarray', '_reconstruct'): Array,
  ('numpy._core.multiarray', '_reconstruct'): Array,
  **{('torch', name): dtype for name, dtype in STORAGES.items()},
}


MEMO = ('PUT', 'BINPUT', 'LONG_BINPUT')
UNUSED = (
  'BYTEARRAY8', 'NEXT_BUFFER', 'READONLY_BUFFER', 'EXT1', 'EXT2', 'EXT4',
)  # fmt: skip
"""Opcodes that arrays need not, and by which a few bytes take much memory."""


def load(file):
  """What the next pickle of a file holds; its opcodes are looked at first.

  By one of MEMO a file names a place in a table, whose size is at once that.
  """
  start, size = file.tell(), len(file.getbuffer())
  for opcode, argument, _ in pickletools.genops(file):
    far = opcode.name in MEMO and argument > size
    if far or opcode.name in UNUSED:
      raise Refused(f'no pickle of arrays: {opcode.name} {argument}')
  file.seek(start)
  return Unpickler(file).load()


class Unpickler(pickle.Unpickler):
  def find_class(self, module, name):
    if (module, name) not in ALLOWED:
      asked = ascii(f'{module}.{name}')
      raise Refused(f'the file asks for {asked}, but only arrays are read')
    return ALLOWED[module, name]

  def persistent_load(self, pid):
    kind, dtype, key, _, size, _ = pid
    if kind != 'storage' or not isinstance(dtype, np.dtype):
      raise Refused('the file asks for something else than an array')
    return Storage(key, dtype, size)


def read(data):
  """What a pickle of numpy arrays or a PyTorch file of before 2020 holds.

  Args:
    data: Its bytes.

  Returns:
    Name -> array; names of nested dicts are joined by '/'.

  Raises:
    ValueError: It is no such pickle; nothing in it has been called.
  """
  try:
    return parsed(io.BytesIO(data))
  except Refused:
    raise
  except Exception as error:  # A pickle makes its reader raise anything.
    said = ascii(str(error))[:200] or 'torn'
    raise Refused(f'no pickle of arrays: {said}') from None


def parsed(file):
  """`read` of a file; it raises anything, if that is no pickle of arrays."""
  found = load(file)
  if found == MAGIC:
    version, _ = load(file), load(file)
    if version != 1001:
      raise Refused(f'version {version} of PyTorch files; only 1001 is read')
    found = load(file)
    memory = memories(file, load(file), storages_of(found))
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
      raise Refused(f'storage {key} has {size} elements, not as announced')
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
    raise Refused(f'{tensor} reaches out of its {len(elements)} elements')
  strides = [stride * elements.itemsize for stride in tensor.strides]
  view = np.lib.stride_tricks.as_strided(
    elements[tensor.offset :], tensor.shape, strides, writeable=False
  )
  return view.copy()


def as_array(value):
  return value if isinstance(value, np.ndarray) else value.array()


def flat(tree, start=''):
  """Nested dicts of arrays as one dict; what is no array is refused."""
  found = {}
  for name, value in tree.items():
    if isinstance(value, dict):
      found.update(flat(value, f'{start}{name}/'))
    else:
      try:
        found[f'{start}{name}'] = as_array(value)
      except Exception:  # Its state may be anything.
        path = ascii(f'{start}{name}')[1:-1]
        raise Refused(f'{path} is no array of numbers') from None
  return found
