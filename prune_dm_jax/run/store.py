"""Rows by what is in a picture: computed once, for all workdirs that share them.

They are written in parts as they are computed, so that a run which is killed
loses no more than the part that it was at. Where they are is by all that they
depend on but the picture.
"""

import contextlib
import functools
import pathlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.data import facts
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import parts
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.run import room as room_lib

BYTES = 2**26
"""A part ends with the batch in which it gets so large, or takes too long."""

FEW = 256
"""Rows that are moved at a time, so that few are held twice."""


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
  then: Callable


def folder(config, workdir, name, *of):
  """Where rows are kept that depend on the picture and on `of`, as hash8 takes."""
  root = config.store or pathlib.Path(workdir) / 'shared' / 'store'
  return pathlib.Path(root) / f'{name}-{artifacts.hash8(*of)}'


def rows(
  folder, hashes, compute, *, name, together, room=room_lib.in_memory,
  then=lambda batch: batch,
):  # fmt: skip
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
    then: What is returned of what is computed and kept, {name: [b, ...]} each.

  Returns:
    {name: [N, ...]}; {} in a process that is not the first.
  """
  group = facts.groups(hashes)
  first = np.unique(group, return_index=True)[1]
  found = Rows(
    first, group, hashes[first], np.zeros(len(first), bool), {}, room, then
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


@contextlib.contextmanager
def adding(folder, *, together):
  """A context of (known, add), for rows that come before they are asked for.

  known: hashes [N, 16] -> [N] bool, which are kept; add: hashes [b, 16] and
  {name: [b, ...]} -> None. Whatever ends the context, what was added is kept.
  """
  tables = [parts.hashes(path) for path in parts.among(folder)]
  kept = np.unique(
    words(np.concatenate([np.zeros((0, 16), np.uint8), *tables]))
  )
  new = set()

  def known(hashes):
    return np.isin(words(hashes), kept)

  def write(part):
    nonlocal kept
    if part:
      with artifacts.lock(folder):
        parts.write(folder, part)
    kept = np.union1d(kept, np.array([*new], np.uint64))
    new.clear()

  def add(hashes, batch):
    own = words(hashes)
    some = np.unique(own, return_index=True)[1]
    some = some[[own[i] not in new for i in some] & ~known(hashes[some])]
    if len(some):
      new.update(own[some].tolist())
      rows = {key: values[some] for key, values in batch.items()}
      put({parts.HASHES: hashes[some], **rows})

  with parts.gathered(write, functools.partial(full, together)) as put:
    yield known, add


def words(hashes):
  """[N] uint64, the first half of each; two are the same by chance of N^2/2^65,
  and one of them is then computed where it is asked for.
  """
  return np.ascontiguousarray(hashes[:, :8]).view(np.uint64).reshape(-1)


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
    f', {len(missing):,} to compute, the rest are copies' if copies else '',
  )  # fmt: skip


def read(folder, found):
  """Fills in what the parts of a folder have, of what is not known yet."""
  paths = parts.among(folder)
  tables = [parts.hashes(path) for path in paths]
  ends, size = np.cumsum([len(t) for t in tables], dtype=int), len(found.hashes)
  group = facts.groups(np.concatenate([found.hashes, *tables]))[size:]
  for path, places in zip(paths, np.split(group, ends)[:-1], strict=True):
    new = np.flatnonzero(places < size)
    new = new[~found.known[places[new]]]
    part = parts.content(path) if len(new) else None
    if part:
      put(found, places[new], {key: rows[new] for key, rows in part.items()})


def put(found, places, batch):
  """Fills in what is returned of rows [b, ...] of some of the U."""
  size, at = len(found.group), found.first[places]
  for i in range(0, len(at), FEW):
    some = found.then({key: batch[key][i : i + FEW] for key in batch})
    if found.arrays and found.arrays.keys() != some.keys():
      raise ValueError(f'rows of {[*some]} beside some of {[*found.arrays]}')
    for key, values in some.items():
      if key not in found.arrays:
        shape = (size, *values.shape[1:])
        found.arrays[key] = found.room(key, shape, values.dtype)
      found.arrays[key][at[i : i + FEW]] = values
  found.known[places] = True


def complete(folder, found, missing, compute, name, together):
  """Computes what is missing; whatever ends it, what was computed is kept."""
  if processes.first():
    parts.drop_begun(folder)
  say, done = progress.counter(name, len(missing)), 0
  write = functools.partial(parts.write, folder)
  with (
    parts.gathered(write, functools.partial(full, together)) as add,
    contextlib.closing(compute(found.first[missing])) as batches,
  ):
    for batch in batches:
      here = missing[done : done + len(next(iter(batch.values())))]
      if processes.first():
        put(found, here, batch)
        add({parts.HASHES: found.hashes[here], **batch})
      done += len(here)
      say(done)
  if done < len(missing):
    raise ValueError(f'{name}: only {done} of {len(missing)} were computed')


def full(together, part):
  """Whether batches are long or large enough."""
  return (
    sum(len(batch[parts.HASHES]) for batch in part) >= together
    or sum(array.nbytes for batch in part for array in batch.values()) >= BYTES
  )


def fill_copies(found):
  """Gives every copy the row of the first of its kind."""
  first = found.first[found.group]
  copies = np.flatnonzero(first != np.arange(len(first)))
  for array in found.arrays.values():
    for i in range(0, len(copies), FEW):
      some = copies[i : i + FEW]
      array[some] = array[first[some]]
