"""Pictures inside a .zip, read in place: nothing is ever extracted.

A member is found by where its header stands, so that any number of processes
read one archive without sharing a handle.
"""

import stat
import struct
import zipfile
import zlib
from typing import NamedTuple

from prune_dm_jax.data import folders

LOCAL_HEADER = struct.Struct('<4s22xHH')
"""Signature, then the lengths of the name and of the extra field."""

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

MOST_BYTES = 2**30
"""Of one unpacked picture."""


class Member(NamedTuple):
  archive: str
  header: int
  """Where its local header begins."""
  packed: int
  size: int
  deflated: bool
  crc: int


def walk(path):
  """As folders.walk: [(name, Member, size)] and name -> why."""
  found, bad = [], {}
  try:
    with zipfile.ZipFile(path) as archive:
      members = archive.infolist()
  except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
    raise ValueError(f'{path}: not a .zip that can be read') from error
  for info in members:
    name = info.filename
    if not folders.is_picture(name.lstrip('/')):
      continue
    why = why_not(info)
    if why:
      bad[folders.readable(name)] = why
    else:
      found.append((name, member(path, info), info.file_size))
  return found, bad


def member(path, info):
  deflated = info.compress_type == zipfile.ZIP_DEFLATED
  return Member(
    str(path), info.header_offset, info.compress_size, info.file_size, deflated,
    info.CRC,
  )  # fmt: skip


def why_not(info):
  """Why a member is refused, or ''."""
  name = info.filename
  parts = name.replace('\\', '/').split('/')
  if parts[0] == '' or parts[0].endswith(':'):
    return 'an absolute path'
  if '..' in parts:
    return 'a path that leads out of the archive'
  if stat.S_ISLNK(info.external_attr >> 16):
    return 'a link'
  if info.flag_bits & 1:
    return 'encrypted'
  if info.compress_type not in METHODS:
    return f'packed by method {info.compress_type}'
  if info.file_size > MOST_BYTES:
    return f'{info.file_size} bytes when unpacked'
  if not info.file_size:
    return 'empty'
  return folders.bad_name(name)


def read(where):
  """The bytes of a member; a ValueError says what is wrong with them."""
  with open(where.archive, 'rb') as file:
    file.seek(where.header)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or header[:4] != b'PK\3\4':
      raise ValueError('no member of the archive where one should be')
    _, name, extra = LOCAL_HEADER.unpack(header)
    file.seek(name + extra, 1)
    data = file.read(where.packed)
  if where.deflated:
    data = inflated(data, where.size)
  if len(data) != where.size or zlib.crc32(data) != where.crc:
    raise ValueError('damaged in the archive')
  return data


def inflated(data, size):
  """At most size + 1 bytes, whatever the member unpacks to."""
  try:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size + 1)
  except zlib.error as error:
    raise ValueError('damaged in the archive') from error
