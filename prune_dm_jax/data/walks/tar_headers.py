"""The members of a .tar, by its headers, each of which must be whole.

  header: 512 bytes, whose sum is in it    data, filled up to 512    header ...
  the end: a block of zeros, and nothing but zeros after it

Nothing but the sum and the end mark tells a torn archive from a shorter one, so
neither is taken on trust: what comes after a header that is damaged would be
lost without a word. V7, ustar, PAX and GNU headers are known.
"""

import re
import struct
from typing import NamedTuple

BLOCK = 512
ZEROS = bytes(BLOCK)

EXTENDED, LONG_NAME, LONG_LINK, ALL = (b'x', b'X'), b'L', b'K', b'g'

KINDS = {
  b'0': '', b'\0': '', b'7': '', b'1': 'a link', b'2': 'a link',
  b'5': 'a folder', b'D': 'a folder', b'S': 'a sparse file',
  b'M': 'a part of a file',
}  # fmt: skip
"""Type -> what it is; '' is a file, of which any other is none."""

WITHOUT_DATA = (b'1', b'2', b'3', b'4', b'5', b'6')

MOST_EXTENDED = 2**20
"""Bytes of a name, or of other facts about one member."""

RECORD = re.compile(rb'([1-9]\d{0,6}) ([^=]+)=')

KNOWN = frozenset((
  b'atime', b'charset', b'comment', b'ctime', b'gid', b'gname', b'hdrcharset',
  b'linkpath', b'mtime', b'path', b'size', b'uid', b'uname',
))  # fmt: skip
"""Facts of PAX; others have a dot in their names."""


class Torn(ValueError):
  """What is wrong with the archive, and at which byte."""


class Member(NamedTuple):
  name: str
  kind: str
  begin: int
  """Of its data, in the outermost file."""
  size: int
  same_as: str
  """The name of an earlier member, of a hard link to it; '' of all others."""


class Header(NamedTuple):
  name: bytes
  size: int
  type: bytes
  block: bytes


def members(file, begin, end):
  """Yields the Members of the archive in the bytes from `begin` to `end`.

  Raises:
    Torn: If a header is not whole, or the end mark is not where it should be.
  """
  at, facts = begin, {}
  while (header := read_header(file, at, end)) is not None:
    data = at + BLOCK
    if header.type in (*EXTENDED, LONG_NAME, LONG_LINK, ALL):
      facts |= extended(file, header, data, end)
      at = data + filled(header.size)
      continue
    data += BLOCK * sparse_blocks(file, header, data)
    size = size_of(header, facts, at)
    kind, name = kind_of(header, facts), name_of(header, facts)
    stored = 0 if header.type in WITHOUT_DATA else size
    if data + stored > end:
      raise Torn(f'it ends within {name}')
    yield Member(name, kind, data, size, same_as(header, facts))
    at, facts = data + filled(stored), {}
  if facts:
    raise Torn(f'at byte {at}, a long name of no member')
  check_end(file, at, end)


def read_header(file, at, end):
  """The Header at a byte; None at the end mark."""
  file.seek(at)
  block = file.read(BLOCK) if at + BLOCK <= end else b''
  if len(block) < BLOCK:
    raise Torn(f'no end mark: it is cut at byte {end}')
  if block == ZEROS:
    return None
  if number_of(block[148:156], at) not in sums(block):
    raise Torn(f'a damaged header at byte {at}')
  name = text(block[:100])
  if block[257:263] == b'ustar\0' and text(block[345:500]):
    name = text(block[345:500]) + b'/' + name
  return Header(name, number_of(block[124:136], at), block[156:157], block)


def sums(block):
  """Of all bytes, the sum itself as blanks; some writers' bytes have signs."""
  rest = block[:148] + b' ' * 8 + block[156:]
  return sum(rest), sum(struct.unpack(f'{BLOCK}b', rest))


def text(field):
  return field.split(b'\0')[0]


def number_of(field, at):
  """Octal digits, or GNU's binary number."""
  if field[0] == 0x80:
    return int.from_bytes(field[1:], 'big')
  digits = text(field).strip()
  if digits.strip(b'01234567'):
    raise Torn(f'a damaged header at byte {at}')
  return int(digits or b'0', 8)


def size_of(header, facts, at):
  """Bytes of a member's data; PAX has the last word, in decimal digits."""
  said = facts.get(b'size', b'0')
  if not said.isdigit():
    raise Torn(f'a damaged extended header before byte {at}')
  return int(said) if b'size' in facts else header.size


def filled(size):
  """Bytes up to the next header."""
  return -(-size // BLOCK) * BLOCK


def extended(file, header, data, end):
  """name -> value of what an extended header says of the next member."""
  if header.size > MOST_EXTENDED or data + header.size > end:
    raise Torn(f'at byte {data}, a name that does not end')
  content = file.read(header.size)
  if header.type == LONG_NAME:
    return {b'path': text(content)}
  if header.type == LONG_LINK:
    return {b'linkpath': text(content)}
  facts = dict(records(content, data))
  if header.type == ALL and facts.keys() & {b'path', b'size'}:
    raise Torn(f'at byte {data}, one name or size of all members')
  return {} if header.type == ALL else facts


def records(content, at):
  """(key, value) of PAX: "27 path=n01440764/1.JPEG\\n", its length first."""
  begin = 0
  while begin < len(content.rstrip(b'\0')):
    found = RECORD.match(content, begin)
    end = begin + int(found.group(1)) if found else 0
    known = found and (found.group(2) in KNOWN or b'.' in found.group(2))
    if not known or content[end - 1 : end] != b'\n':
      raise Torn(f'a damaged extended header at byte {at}')
    yield found.group(2), content[found.end() : end - 1]
    begin = end


def kind_of(header, facts):
  if any(key.startswith(b'GNU.sparse.') for key in facts):
    return 'a sparse file'
  kind = KINDS.get(header.type, 'not a file')
  return 'a folder' if not kind and header.name.endswith(b'/') else kind


def name_of(header, facts):
  sparse = facts.get(b'GNU.sparse.name')
  return decoded(sparse or facts.get(b'path', header.name))


def same_as(header, facts):
  link = facts.get(b'linkpath', text(header.block[157:257]))
  return decoded(link) if header.type == b'1' else ''


def decoded(name):
  return name.decode('utf-8', 'surrogateescape')


def sparse_blocks(file, header, data):
  """How many more blocks say where the data of an old sparse file is."""
  number, more = 0, header.type == b'S' and header.block[482]
  while more:
    file.seek(data + BLOCK * number)
    block = file.read(BLOCK)
    number, more = number + 1, len(block) == BLOCK and block[504]
  return number


def check_end(file, at, end):
  """Raises Torn if there is anything after the end mark."""
  file.seek(at)
  while at < end:
    block = file.read(min(2**20, end - at))
    if not block or block.strip(b'\0'):
      raise Torn(
        f'an end mark at byte {at}, but more after it: a part of it is lost, or '
        'it is several archives in one'
      )
    at += len(block)
