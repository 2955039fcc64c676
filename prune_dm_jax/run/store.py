"""Rows by what is in a picture: computed once, for all workdirs that share them.

  <store>/<name>-<hash8>/<digest>.npz    hashes [n, 16], and arrays [n, ...]

A part is called by the digest of its own bytes and never written again, so that
a run which is killed loses no more than the part that it was at. Its reader asks
for the digest: one that is damaged is moved aside, and computed again.
"""

import contextlib
import os
import pathlib
import re
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.data import facts
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress

WHOLE = re.compile('[0-9a-f]{32}[.]npz')
"""Names of parts; what else is there was begun, or is damaged."""

HASHES = 'hashes'
"""The array of a part that says of which pictures its rows are."""

SECONDS = 60.0
BYTES = 2**26
"""A part ends with the batch in which it takes so long, or gets so large."""


class Rows(NamedTuple):
  """What is had so far of N pictures, U of which differ."""

  first: np.ndarray
  """[U] where each is first, which is where its row is until the end."""
  group: np.ndarray
  """[N] which of the U a picture is."""
  hashes: np.ndarray
  """[U, 16]."""
  known: np.ndarray
  """[U] bool."""
  arrays: dict
  """name -> [N, ...]; none yet where nothing was found."""
  room: Callable


def folder(config, workdir, name, *of):
  """Where rows are kept that depend on the picture and on `of`, as hash8 takes."""
  root = config.store or pathlib.Path(workdir) / 'shared' / 'store'
  return pathlib.Path(root) / f'{name}-{artifacts.hash8(*of)}'


def in_memory(name, shape, dtype):
  """Room for the rows of a name, in memory."""
  del name
  return np.empty(shape, dtype)


def on_disk(folder):
  """Room in <name>.npy of a folder; the array is to be flushed."""

  def room(name, shape, dtype):
    path = folder / f'{name}.npy'
    return np.lib.format.open_memmap(path, 'w+', dtype, shape)

  return room


def rows(folder, hashes, compute, *, name, together, room=in_memory):
  """What is kept of every picture; it is computed of those it is not kept of.

  Of several processes all compute, and the first alone reads and writes.

  Args:
    folder: Of the store, see `folder`.
    hashes: [N, 16] uint8, as run.facts.bytes: of equal ones one is computed.
    compute: A generator, indices [n] -> {name: [b, ...]} of the next b of them,
      with any b, until all are done. It is not called if all is known.
    name: What is computed, to be said.
    together: Rows of a part, at which it ends with its batch.
    room: (name, shape, dtype) -> the array to fill.

  Returns:
    {name: [N, ...]}; {} in a process that is not the first.
  """
  group = facts.groups(hashes)
  first = np.unique(group, return_index=True)[1]
  found = Rows(
    first, group, hashes[first], np.zeros(len(first), bool), {}, room
  )
  missing = look(folder, found, name)
  say_known(found, missing, name)
  if len(missing):
    mine = processes.first()
    with artifacts.lock(folder) if mine else contextlib.nullcontext():
      missing = look(folder, found, name)  # Who had the lock has added to it.
      complete(folder, found, missing, compute, name, together)
  fill_copies(found)
  return found.arrays


def look(folder, found, name):
  """Reads what is kept; [M] which of the U are not, the same in all processes."""
  with progress.doing(f'{name}: reading {folder}'):
    processes.alone(lambda: read(folder, found))
  return np.flatnonzero(processes.array(found.known.astype(np.uint8)) == 0)


def say_known(found, missing, name):
  size, unknown = len(found.group), np.isin(found.group, missing).sum()
  copies = unknown - len(missing)
  logging.info(
    '%s: %s of %s known%s', name, f'{size - unknown:,}', f'{size:,}',
    f', and {copies:,} are copies of others that are not' if copies else '',
  )  # fmt: skip


def read(folder, found):
  """Fills in what the parts of a folder have, of what is not known yet."""
  paths = [p for p in sorted(folder.glob('*')) if WHOLE.fullmatch(p.name)]
  tables = [table(path) for path in paths]
  ends = np.cumsum([len(hashes) for hashes in tables])
  size = len(found.hashes)
  group = facts.groups(np.concatenate([found.hashes, *tables]))[size:]
  for path, places in zip(paths, np.split(group, ends)[:-1], strict=True):
    new = np.flatnonzero(places < size)
    new = new[~found.known[places[new]]]
    part = content(path) if len(new) else None
    if part:
      put(found, places[new], {key: part[key][new] for key in part})


def table(path):
  """[n, 16] of which pictures the rows of a part are; none of a damaged one."""
  try:
    with np.load(path) as part:
      return part[HASHES]
  except Exception as error:  # Whatever a torn file makes of its reader.
    if not isinstance(error, FileNotFoundError) and is_whole(path):
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
  if artifacts.file_digest(path)[:32] == path.stem:
    return True
  aside = path.with_suffix('.damaged')
  logging.warning(
    '%s is damaged: it is moved to %s, and what it held is computed again',
    path, aside.name,
  )  # fmt: skip
  path.replace(aside)
  return False


def put(found, places, batch):
  """Fills in the rows [b, ...] of some of the U."""
  size = len(found.group)
  for name, values in batch.items():
    if name not in found.arrays:
      shape = (size, *values.shape[1:])
      found.arrays[name] = found.room(name, shape, values.dtype)
    found.arrays[name][found.first[places]] = values
  found.known[places] = True


def complete(folder, found, missing, compute, name, together):
  """Computes what is missing; whatever ends it, what was computed is kept."""
  drop_begun(folder)
  say = progress.counter(name, len(missing))
  done, begun, since = 0, 0, time.monotonic()
  try:
    with contextlib.closing(compute(found.first[missing])) as batches:
      for batch in batches:
        here = len(next(iter(batch.values())))
        if processes.first():
          put(found, missing[done : done + here], batch)
        done += here
        say(done)
        if ends(batch, here, done - begun, together, since):
          write(folder, found, missing[begun:done])
          begun, since = done, time.monotonic()
  finally:
    write(folder, found, missing[begun:done])
  if done < len(missing):
    raise ValueError(f'{name}: only {done} of {len(missing)} were computed')


def ends(batch, here, number, together, since):
  """Whether a part of so many rows, begun at a time, is long or large enough."""
  size = sum(values.nbytes for values in batch.values()) / here * number
  spent = time.monotonic() - since
  return number >= together or size >= BYTES or spent >= SECONDS


def write(folder, found, places):
  """Writes a part of some of the U, if there are any."""
  if not len(places) or not processes.first():
    return
  folder.mkdir(parents=True, exist_ok=True)
  begun = folder / f'{os.getpid()}.partial'
  here = found.first[places]
  arrays = {name: array[here] for name, array in found.arrays.items()}
  with open(begun, 'wb') as file:
    np.savez(file, **{HASHES: found.hashes[places]}, **arrays)
    file.flush()
    os.fsync(file.fileno())
  begun.rename(folder / f'{artifacts.file_digest(begun)[:32]}.npz')


def drop_begun(folder):
  """Removes what runs that were killed had begun to write; under the lock."""
  if processes.first():
    for path in folder.glob('*.partial'):
      path.unlink()


def fill_copies(found):
  """Gives every copy the row of the first of its kind."""
  copies = np.flatnonzero(
    found.first[found.group] != np.arange(len(found.group))
  )
  for part in np.array_split(copies, max(len(copies) // 4096, 1)):
    for array in found.arrays.values():
      array[part] = array[found.first[found.group[part]]]
