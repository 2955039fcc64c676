"""One array of an .npz: in place, where it is not packed, so that a hundred
thousand pictures need no memory.
"""

import zipfile

import numpy as np
from numpy.lib import format as npy_format

from prune_dm_jax.data.walks import zip_files

CHUNK = 2**24
"""Bytes that are checked at a time."""

HEADERS = {
  (1, 0): npy_format.read_array_header_1_0,
  (2, 0): npy_format.read_array_header_2_0,
}


def names(path):
  """Of the arrays in an .npz."""
  with zipfile.ZipFile(path) as archive:
    return [
      name.removesuffix('.npy')
      for name in archive.namelist()
      if name.endswith('.npy')
    ]


def array(path, name):
  """An array, all of whose bytes have been checked; never of a pickle."""
  with zipfile.ZipFile(path) as archive:
    info = archive.getinfo(f'{name}.npy')
    if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
      with archive.open(info) as file:
        while file.read(CHUNK):
          pass
      found = mapped(path, info.header_offset)
      if found is not None:
        return found
  with np.load(path) as file:
    return file[name]


def mapped(path, header):
  """The array of the member whose local header is there; None, if not in place."""
  with open(path, 'rb') as file:
    file.seek(header)
    _, name, extra = zip_files.LOCAL_HEADER.unpack(
      file.read(zip_files.LOCAL_HEADER.size)
    )
    file.seek(name + extra, 1)
    version = npy_format.read_magic(file)
    if version not in HEADERS:
      return None
    shape, columns_first, dtype = HEADERS[version](file)
    if dtype.hasobject or not np.prod(shape, dtype=object):
      return None
    order = 'F' if columns_first else 'C'
    return np.memmap(path, dtype, 'r', file.tell(), shape, order)
