"""One bit of every file of a finished run, flipped: who notices?"""

import collections
import contextlib
import pathlib

import numpy as np

from prune_dm_jax.data import shards
from prune_dm_jax.run import cells
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests

UNREAD = ('.locks', 'tensorboard', 'run.html')
"""Folders of which nothing is ever read, and the page of a run as it goes."""

OWN = ('checkpoints', 'snapshots')
"""Folders that training/checkpoint.py holds against a digest of its own."""


def files(workdir):
  """All files of artifacts and cells, but locks, events, the live page and checkpoints."""
  return [
    path
    for path in sorted(pathlib.Path(workdir).rglob('*'))
    if path.is_file() and not {*UNREAD, *OWN} & {*path.parts}
  ]


def flipped(data, rng):
  """The bytes with one bit the other way; of none, one more."""
  changed = bytearray(data) or bytearray(1)
  changed[rng.integers(len(changed))] ^= 1 << rng.integers(8)
  return bytes(changed)


@contextlib.contextmanager
def damaged(path, data):
  """A context in which a file has other bytes; None: in which it is gone."""
  before = path.read_bytes()
  path.unlink()
  if data is not None:
    path.write_bytes(data)
  try:
    yield
  finally:
    path.write_bytes(before)


def artifact_of(path):
  """The folder of the artifact or cell that a file is of."""
  inner = [p for p in path.parents if (p / digests.NAME).exists()]
  return path.parent if path.name == digests.NAME else inner[0]


def rows(path):
  """Reads all rows of a file of them."""
  shards.memory_map.cache_clear()
  shards.written.cache_clear()
  number = int(path.stem) * shards.ROWS
  size = len(np.load(path.with_suffix(shards.SUMS)))
  shards.take(path.parent, np.arange(number, number + size))


def noticed(path):
  """What is said of a file, by whoever reads it or asks for its folder; or ''."""
  folder = artifact_of(path)
  try:
    if path.suffix == '.npy' and shards.sums_of(path).exists():
      return '' if not path.exists() else str(rows(path) or '')
    if (folder / 'config.json').exists() or (folder / 'kept.txt').exists():
      cells.check_files(folder)
    for file, what in damage.of(folder):
      return f'{file}: {what}'
    if path.name in digests.NOTES or path.suffix == '.html':
      damage.check(path)
  except (ValueError, FileNotFoundError) as error:
    return str(error)
  return ''


def table(found):
  """Lines of file, flips, detected, without effect; found: (file, said) each."""
  counts = collections.defaultdict(lambda: [0, 0])
  for path, said in found:
    own = counts[path]
    own[0] += 1
    own[1] += bool(said)
  total = [sum(own[i] for own in counts.values()) for i in range(2)]
  return '\n'.join(
    f'{path}: {n} flips, {hit} detected, {n - hit} without effect'
    for path, (n, hit) in [*counts.items(), ('all', total)]
  )
