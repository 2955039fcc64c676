"""Part files: what is had of an array while the rest is computed.

  <folder>/<digest>.npz           hashes [n, 16] of pictures, arrays [n, ...]
  <folder>/<name>.<digest>.npz    arrays of a part that has a name

A part is called by the digest of its own bytes and never written again. Its
reader asks for the digest: one that is damaged is moved aside.
"""

import contextlib
import functools
import glob
import os
import re
import time

import numpy as np
from absl import logging

from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import processes
from prune_dm_jax.run import room as room_lib
from prune_dm_jax.training import faults

WHOLE = re.compile('[0-9a-f]{32}[.]npz')
"""Names of parts; what else is there was begun, or is damaged."""

SECONDS = 60.0
"""After which what was gathered is written, however little it is."""

HASHES = 'hashes'
"""The array of a part that says of which pictures its rows are."""


def among(folder):
  """The parts of a folder, in the order of their names."""
  return [p for p in sorted(folder.glob('*')) if WHOLE.fullmatch(p.name)]


def hashes(path):
  """[n, 16] of which pictures the rows of a part are; none of a damaged one."""
  try:
    with np.load(path) as part:
      return part[HASHES]
  except Exception:  # Whatever a torn file makes of its reader.
    if is_whole(path):
      raise
  return np.empty((0, 16), np.uint8)


def content(path):
  """name -> [n, ...] of a part; None, if it is damaged."""
  if not is_whole(path):
    return None
  with np.load(path) as part:
    return {name: part[name] for name in part.files if name != HASHES}


def is_whole(path):
  """Whether a part is what was written; else it is moved aside."""
  with contextlib.suppress(FileNotFoundError):  # Another process moved it.
    if digests.of_file(path)[:32] == path.stem.rpartition('.')[2]:
      return True
    aside = damage.aside(path.with_suffix(''))
    logging.warning(
      '%s is damaged: it is moved to %s, and what it held is computed again',
      path, aside.name,
    )  # fmt: skip
    path.replace(aside)
  return False


@contextlib.contextmanager
def gathered(write, full):
  """A context of add(batch); write([batch, ...]) gets them when they are full(them),
  or SECONDS old, and the last of them whatever ends it.
  """
  part, since = [], time.monotonic()

  def done():
    nonlocal since
    write(part)
    part.clear()
    since = time.monotonic()

  def add(batch):
    part.append(batch)
    if full(part) or time.monotonic() - since >= SECONDS:
      done()

  try:
    yield add
  finally:
    with interrupt.kept():
      done()


def write(folder, batches):
  """Writes a part, if there is anything to write."""
  if batches:
    arrays = {
      key: np.concatenate([b[key] for b in batches]) for key in batches[0]
    }
    save(folder, '', arrays)


def save(folder, name, arrays):
  """Writes arrays by name as a part, whose name begins with `name`."""
  digests.make_folder(folder)
  begun = folder / f'{os.getpid()}.partial'
  with open(begun, 'wb') as file:
    np.savez(file, **arrays)
    file.flush()
    os.fsync(file.fileno())
  begun.rename(folder / f'{name}{digests.of_file(begun)[:32]}.npz')
  faults.sync_entry(folder)


def named(folder, name):
  """name -> array of the part of a name; None, if there is none that is whole."""
  for path in folder.glob(f'{glob.escape(name)}.*.npz'):
    found = content(path)
    if found is not None:
      return found
  return None


def save_named(folder, name, **arrays):
  """Writes the part of a name."""
  save(folder, f'{name}.', arrays)


def at_hand(folder, name, make):
  """name -> array of the part of a name, made by make() if there is none."""
  found = named(folder, name)
  if found is None:
    found = make()
    save_named(folder, name, **found)
  return found


def at_hand_together(folder, name, make):
  """`at_hand` by all processes, each of which makes what the first lacks."""
  found = named(folder, name)
  if not processes.agree(found is not None):
    found = make()
    if processes.first():
      save_named(folder, name, **found)
  return found


def filled(
  folder, name, size, each, make, *, hand=at_hand, room=room_lib.in_memory
):
  """name -> [size, ...], of make(first, number) -> name -> [number, ...].

  It is asked for `each` at a time, in order; the last may be fewer. What fits
  into one part is kept in none.

  Args:
    folder: Where parts are.
    name: With which their names begin.
    size: How many there are.
    each: Of a part.
    make: All of it, or of what is not there.
    hand: at_hand, or at_hand_together where all processes make it.
    room: As in store.rows.
  """
  found = {}
  for first in range(0, size, each):
    number = min(each, size - first)
    own = functools.partial(make, first, number)
    called = f'{name}-{first}-{number}'
    rows = own() if number == size else hand(folder, called, own)
    for key, new in rows.items():
      if key not in found:
        found[key] = room(key, (size, *new.shape[1:]), new.dtype)
      found[key][first : first + number] = new
  return found


def drop_begun(folder):
  """Removes what was begun by who was killed; no other may be writing."""
  for path in folder.glob('*.partial'):
    path.unlink()
