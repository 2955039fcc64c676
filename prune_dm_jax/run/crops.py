"""Crops of pictures in the store: made once, read row by row, in any order.

  <store>/crops-<hash8>/<digest>.npy      uint8 [n, S, S, 3]
                        <digest>.sums     of each row, as data/shards.py has them
                        <digest>.hashes   [n, 16] bytes: of which file each row is

A part is called by the digest of its hashes, which are written last: without
them it was not finished. So no picture has the crop of another, and a set that
changes is asked for what is new.
"""

import contextlib
import functools
import hashlib
import inspect
import shutil
from typing import NamedTuple

import numpy as np
from absl import logging

from prune_dm_jax.data import contents
from prune_dm_jax.data import facts
from prune_dm_jax.data import images
from prune_dm_jax.data import shards
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import machine
from prune_dm_jax.run import store
from prune_dm_jax.run.parts import gathered

BYTES = 2**27
"""A part ends with the pictures by which it gets so large, or took too long."""

HASHES = '.hashes'


class Places(NamedTuple):
  """Where the crops of N pictures are."""

  paths: list
  """Of the parts."""
  file: np.ndarray
  """[N] which part, or -1: it is in none."""
  row: np.ndarray
  """[N] where in it."""


def folder(config, workdir):
  """Where crops of this size and rule are, as this code decodes and cuts them."""
  data = config.data
  return store.folder(
    config, workdir, 'crops', data.crop, data.image_size, contents.READER,
    inspect.getsource(images),
  )  # fmt: skip


def bytes_of(config):
  """Of one crop."""
  return config.data.image_size**2 * 3


def parts(folder):
  """(path, hashes [n, 16]) of each part that is whole."""
  for path in sorted(folder.glob(f'*{HASHES}')):
    if '.partial' in path.name:  # Another process writes it, or was killed.
      continue
    data, rows = path.read_bytes(), path.with_suffix('.npy')
    if digest(data) != path.stem:
      logging.warning('%s is damaged: it is moved aside', path)
      with contextlib.suppress(FileNotFoundError):  # Another process moved it.
        path.rename(damage.aside(path))
    elif rows.exists() and shards.sums_of(rows).exists():
      yield rows, np.frombuffer(data, np.uint8).reshape(-1, 16)


def names(*hashes):
  """[N] of hashes [n, 16], as strings that can be sorted."""
  every = np.concatenate([np.zeros((0, 16), np.uint8), *hashes])
  return every.view('S16').reshape(-1)


def digest(data):
  return hashlib.sha256(data).hexdigest()[:32]


def places(folder, hashes):
  """The Places of pictures by the hashes [N, 16] of their files."""
  found = [*parts(folder)]
  sizes = [len(own) for _, own in found]
  group = facts.groups(np.concatenate([hashes, *(own for _, own in found)]))
  asked, there = np.split(group, [len(hashes)])
  file, row = np.full((2, len(group)), -1, np.int32)
  file[there] = np.repeat(np.arange(len(sizes)), sizes)
  row[there] = [i for size in sizes for i in range(size)]
  return Places([path for path, _ in found], file[asked], row[asked])


def check_all(folder, places):
  """Raises ValueError if a crop is not there, though it was made."""
  number = np.count_nonzero(places.file < 0)
  if number:
    raise ValueError(
      f'{folder}: {number:,} crops are not there any more; the same command '
      'makes them again'
    )


def take(places, indices):
  """uint8 [b, S, S, 3] of the pictures at some indices, which are there."""
  file, row = places.file[indices], places.row[indices]
  return shards.gather(places.paths, file, row, damage.drop)


def missing(places, hashes):
  """[n] pictures whose crops are not there, of equal files the first."""
  lacking = np.flatnonzero(places.file < 0)
  first = np.unique(facts.groups(hashes[lacking]), return_index=True)[1]
  return lacking[first]


@contextlib.contextmanager
def adding(folder):
  """A context of add(hashes [b, 16], crops [b, S, S, 3]) of what is not there yet.

  Whatever ends it, what was added is kept.
  """
  had = functools.cache(
    lambda: np.sort(names(*(own for _, own in parts(folder))))
  )

  def write(part):
    if sum(len(hashes) for hashes, _ in part):
      with artifacts.lock(folder / 'parts'):
        write_part(folder, *map(np.concatenate, zip(*part, strict=True)))

  def add(hashes, crops):
    own = names(hashes)
    new = np.searchsorted(had(), own) == np.searchsorted(had(), own, 'right')
    put((hashes[new], crops[new]))

  full = lambda part: sum(crops.nbytes for _, crops in part) >= BYTES
  with gathered(write, full) as put:
    yield add


def write_part(folder, hashes, crops):
  """The crops, their sums, and at last of which pictures they are.

  No other may be writing: what others began goes.
  """
  for begun in left_behind(folder):
    begun.unlink()
  data = hashes.tobytes()
  path = folder / f'{digest(data)}.npy'
  artifacts.write(path, lambda begun: np.save(begun, crops))
  artifacts.write_array(shards.sums_of(path), shards.sums(crops))
  artifacts.write(path.with_suffix(HASHES), lambda p: p.write_bytes(data))


def left_behind(folder):
  """What was begun by who was killed."""
  for path in folder.glob('*'):
    ours = path.suffix in ('.npy', shards.SUMS, HASHES)
    whole = path.with_suffix(HASHES).exists() and '.partial' not in path.name
    if ours and not whole:
      yield path


def there(folder):
  """How many crops a folder has."""
  return sum(len(hashes) for _, hashes in parts(folder))


def check_room(config, folder, number):
  """Raises ValueError if there is no room for so many more crops."""
  needed = number * bytes_of(config)
  free = shutil.disk_usage(machine.nearest(folder)).free
  if needed > free:
    raise ValueError(
      f'config.runtime.crops is True, but {number:,} crops are '
      f'{needed / 1e9:,.1f} GB and {folder.parent} has {free / 1e9:,.1f} GB free; '
      'name a folder on another disk by config.store, or take False'
    )
