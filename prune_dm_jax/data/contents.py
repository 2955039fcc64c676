"""What is in the pictures of a set, and not only what they are called.

  key size mtime ctime bytes pixels height width channels why

A row an example: when its file was last changed, the first half of sha256 of its
bytes, the same of its decoded pixels, and their size, whether they are grey, and why
it cannot be read. One pass makes all of it; a later one looks only at what has
changed since. In an archive, its time is that of all its pictures.
"""

import contextlib
import functools
import hashlib
import inspect
import os
import stat
import struct
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import PIL

from prune_dm_jax.data import decode
from prune_dm_jax.data import foreign
from prune_dm_jax.data import identity
from prune_dm_jax.data import unreadable
from prune_dm_jax.data.walks import folders

ROOM = 'prune_dm_jax.data.'


def code(module, room=ROOM):
  """The text of a module, and of those of a room that it imports."""
  yield inspect.getsource(module)
  for _, other in sorted(vars(module).items()):
    if inspect.ismodule(other) and other.__name__.startswith(room):
      yield from code(other, room)


READER = hashlib.sha256(
  '\n'.join(['1', PIL.__version__, *code(decode)]).encode()
).hexdigest()[:16]
"""By what pictures were decoded: of another one, nothing that it said holds."""

STAMP = ('size', 'mtime', 'ctime')
"""Of a file: what tells that it was written to. ctime also tells a file that was
renamed over another, or written with its old mtime."""

NOWHERE = (-1, -1, -1)
"""The stamp of what is not there, and is looked at each time."""


class Contents(NamedTuple):
  """Of N examples."""

  keys: tuple[str, ...]
  stamps: np.ndarray
  """[N, 3] int64, as STAMP; -1 where there is no file to ask."""
  bytes: np.ndarray
  """[N, 16] uint8; 0 where they cannot be read."""
  pixels: np.ndarray
  """[N, 16] uint8; 0 where there is a why."""
  shapes: np.ndarray
  """[N, 2] int32 height and width; 0 where there is a why."""
  channels: np.ndarray
  """[N] int8: 1 where the file is of greys, else 3; 0 where there is a why."""
  why: np.ndarray
  """[N] str objects; '' where the picture is whole."""
  known: np.ndarray
  """[N] bool, which rows hold."""


class Look(NamedTuple):
  """What one picture is."""

  bytes: bytes
  pixels: bytes
  shape: tuple[int, int]
  why: str
  channels: int = 0


class Also(NamedTuple):
  """What else is had of a picture while it is decoded."""

  of: Callable
  """uint8 [H, W, 3] -> anything; both must pickle."""
  lacks: Callable
  """Contents -> [N] bool, of which whole pictures it is not had yet."""
  put: Callable
  """([b] Look, [b] of what `of` gave) -> None."""


def blank(source):
  """The Contents of a Source of which nothing is known but when it changed."""
  size = len(source)
  return Contents(
    source.keys, stamps(source), np.zeros((size, 16), np.uint8),
    np.zeros((size, 16), np.uint8), np.zeros((size, 2), np.int32),
    np.zeros(size, np.int8), np.full(size, '', object), np.zeros(size, bool),
  )  # fmt: skip


def wanted(contents, also=()):
  """[n] which pictures are to be looked at."""
  whole = contents.known & (contents.why == '')
  unknown = ~contents.known
  for one in also:
    unknown |= whole & one.lacks(contents)
  return np.flatnonzero(unknown)


def complete(
  contents, source, *, workers=0, say=lambda done: None, keep=None, also=()
):
  """Fills in the rows that are not known, in place, by one pass.

  Args:
    contents: The Contents of the Source.
    source: The Source.
    workers: Processes, as unreadable.each takes them.
    say: Called with the number of pictures that were looked at, now and then.
    keep: Called with the contents after each part of the pass.
    also: Also, each; a picture that lacks one is looked at again.
  """
  see = functools.partial(seen, [one.of for one in also])
  parts = unreadable.each(
    source, see, among=wanted(contents, also), workers=workers, say=say
  )
  with contextlib.closing(parts):  # Whatever ends this ends its processes.
    for part, found in parts:
      for i, (one, _) in zip(part, found, strict=True):
        contents.bytes[i] = np.frombuffer(one.bytes, np.uint8)
        contents.pixels[i] = np.frombuffer(one.pixels, np.uint8)
        contents.shapes[i], contents.why[i] = one.shape, one.why
        contents.channels[i] = one.channels
      contents.known[part] = True
      hand_out(found, also)
      if keep:
        keep(contents)


def hand_out(found, also):
  """Gives each Also what is had of the whole pictures of [(Look, others)]."""
  whole = [(one, others) for one, others in found if not one.why]
  if not whole:
    return
  looks, others = zip(*whole, strict=True)
  for one, own in zip(also, zip(*others, strict=True), strict=True):
    one.put(looks, own)


def seen(functions, source, i):
  """The Look of the i-th picture, and what each of some functions makes of it."""
  if not functions:
    return look(source, i), ()
  made = []
  then = lambda picture: made.extend(of(picture) for of in functions)
  return look(source, i, then), made


def look(source, i, then=lambda picture: None):
  """The Look of the i-th picture, which is given to `then` if it is whole."""
  none = bytes(16)
  try:
    data = source.data(i)
  except OSError as error:
    return Look(none, none, (0, 0), error.strerror or 'it cannot be read')
  except ValueError as error:
    return Look(none, none, (0, 0), str(error))
  own = identity.of_file(data)
  try:
    picture = decode.picture(data)
  except ValueError as error:
    return Look(own, none, (0, 0), foreign.named(str(error), data))
  pixels, channels = of_pixels(picture), decode.channels(data)
  then(picture)
  return Look(own, pixels, picture.shape[:2], '', channels)


def of_pixels(picture):
  """16 bytes over uint8 [H, W, 3] and its shape; of [H, W, 1], as decoded grey."""
  picture = np.broadcast_to(picture, (*picture.shape[:2], 3))
  sha = hashlib.sha256(struct.pack('<3q', *picture.shape))
  sha.update(np.ascontiguousarray(picture))
  return sha.digest()[:16]


def bad(contents):
  """key -> why, of each example that cannot be read."""
  return {
    contents.keys[i]: contents.why[i]
    for i in np.flatnonzero(contents.why != '')
  }


def stamps(source):
  """[N, 3] int64 of the file of each example, as it is now or was when found."""
  asked = functools.cache(stamp)

  def each():
    for place in source.places():
      if isinstance(place, folders.File):
        yield from place[1:]
      else:
        yield from asked(place[0])  # Of many in one file.

  found = np.fromiter(each(), np.int64, len(source) * len(STAMP))
  return found.reshape(-1, len(STAMP))


def stamp(path):
  """size, mtime and ctime of a file; of a folder, sums over its files."""
  try:
    status = os.stat(path)
    if not stat.S_ISDIR(status.st_mode):
      return status.st_size, status.st_mtime_ns, status.st_ctime_ns
    with os.scandir(path) as entries:
      those = [stamp(entry.path) for entry in entries if entry.is_file()]
  except OSError:
    return NOWHERE
  return tuple(sum(column) % 2**63 for column in zip(*those, strict=True))
