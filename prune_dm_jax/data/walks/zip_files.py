"""Pictures inside a .zip, read in place: nothing is ever extracted.

A member is found by where its header stands, so that any number of processes
read one archive without sharing a handle.
"""

import functools
import os
import stat
import struct
import zipfile
import zlib
from typing import NamedTuple

from absl import logging

from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import walked

LOCAL_HEADER = struct.Struct('<4s22xHH')
"""Signature, then the lengths of the name and of the extra field."""

END = struct.Struct('<4sH4xH10x')
END_MARK = b'PK\5\6'

CUT = 'its end is missing, as if it were cut off; fetch it again'

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

UTF_8 = 1 << 11
"""Flag: the name is not in code page 437."""

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
  name_sum: int


def walk(path):
  """The Walked of an archive: where is a Member."""
  into = walked.empty()
  for info, raw in called(listed(path)):
    name = file_names.cleaned(raw)
    if raw.endswith('/') and file_names.is_picture(name):
      walked.leave_out(into, walked.FOLDER, 0, raw)
    elif raw.endswith('/') and not info.file_size:
      continue
    elif file_names.is_picture(name):
      why = why_not(info)
      where = None if why else member(path, info)
      walked.put(into, raw if why else name, where, info.file_size, why)
    elif why := file_names.why_left_out(name):
      why = 'a link' if is_link(info) else why
      walked.leave_out(into, why, info.file_size, raw)
  return into


def called(members):
  """(info, its name) of each; where no file is in a folder by /, \\ is one.

  Some of Windows' writers separate so, though not for empty folders.
  """
  slashed = any('/' in info.filename.rstrip('/') for info in members)
  for info in members:
    name = info.filename
    yield info, name if slashed else name.replace('\\', '/')


def listed(path):
  """The ZipInfo of each member, of which none may be missing."""
  part, number = end(path)
  if 0 < part < 2**16 - 1:
    raise ValueError(
      f'{path}: the last of {part + 1} parts (.z01 ...) of a .zip; `zip -s 0 '
      f'{os.path.basename(path)} --out whole.zip` joins them'
    )
  try:
    with zipfile.ZipFile(path) as archive:
      members = archive.infolist()
  except (
    zipfile.BadZipFile,
    OSError,
    NotImplementedError,
    ValueError,
  ) as error:
    why = CUT if begins(path) and 'not a zip' in str(error) else error
    raise ValueError(f'{path}: not a .zip that can be read: {why}') from error
  if number not in (len(members) % 2**16, 2**16 - 1):
    raise ValueError(
      f'{path}: not a .zip that can be read: {number} members are announced, '
      f'but {len(members)} are in its list'
    )
  put_right(members, path)
  return members


def put_right(members, path):
  """Names that are in UTF-8, all of them, and do not say so, as many write them."""
  silent = [
    info
    for info in members
    if not (info.flag_bits & UTF_8 or info.orig_filename.isascii())
  ]
  try:
    names = [info.orig_filename.encode('cp437').decode() for info in silent]
  except UnicodeDecodeError:
    return warn_once(path, silent[0].filename)
  for info, name in zip(silent, names, strict=True):
    info.filename = name.partition('\0')[0]


@functools.cache
def warn_once(path, name):
  logging.warning(
    '%s: no word on how its names are written, and they are not in UTF-8; they are '
    'read as those of DOS, the first as %r; if that is wrong, pack it again, or '
    'give the folder',
    path, name,
  )  # fmt: skip


def begins(path):
  """Whether a file begins as a .zip does."""
  with open(path, 'rb') as file:
    return file.read(4) == b'PK\3\4'


def end(path):
  """What the end of an archive says: the parts before this one, and how many
  members there are, modulo 2^16.
  """
  with open(path, 'rb') as file:
    file.seek(-min(os.path.getsize(path), END.size + 2**16), os.SEEK_END)
    last = file.read()
  at = last.rfind(END_MARK)
  there = 0 <= at <= len(last) - END.size
  return END.unpack_from(last, at)[1:] if there else (0, -1)


def member(path, info):
  deflated = info.compress_type == zipfile.ZIP_DEFLATED
  return Member(
    str(path), info.header_offset, info.compress_size, info.file_size, deflated,
    info.CRC, name_sum(info),
  )  # fmt: skip


def name_sum(info):
  """crc32 of the name as it is stored."""
  code = 'utf-8' if info.flag_bits & UTF_8 else 'cp437'
  return zlib.crc32(info.orig_filename.encode(code))


def is_link(info):
  return stat.S_ISLNK(info.external_attr >> 16)


def why_not(info):
  """Why a member is refused, or ''."""
  if why := file_names.astray(info.filename):
    return why
  if is_link(info):
    return 'a link'
  if info.flag_bits & 1:
    return 'encrypted'
  if info.compress_type not in METHODS:
    return f'packed by method {info.compress_type}'
  if info.file_size > MOST_BYTES:
    return f'{info.file_size} bytes when unpacked'
  if not info.file_size:
    return 'empty'
  return file_names.bad_name(info.filename)


def read(where):
  """The bytes of a member; a ValueError says what is wrong with them."""
  with open(where.archive, 'rb') as file:
    file.seek(where.header)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or header[:4] != b'PK\3\4':
      raise ValueError('no member of the archive where one should be')
    _, name, extra = LOCAL_HEADER.unpack(header)
    if zlib.crc32(file.read(name)) != where.name_sum:
      raise ValueError('another name in the archive than in its list')
    file.seek(extra, 1)
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
