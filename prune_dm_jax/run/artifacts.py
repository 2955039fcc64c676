"""Files between stages: named by what they depend on, whole if they exist.

  <workdir>/shared/<artifact>-<hash8>/     what every cell shares
  <workdir>/<variant>-<prune_ratio>-seed<seed>/    a cell

An artifact is made in `<path>.partial` and renamed, so that a run which is
killed leaves either all of it or something to resume. Of several processes
the first writes.
"""

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import time

import numpy as np
from absl import logging

from prune_dm_jax.run import made_with
from prune_dm_jax.run import processes

FORMAT = 1
"""Part of every hash: raised when an artifact's meaning changes."""

FREE = (
  'runtime.', 'score.inertia_ks', 'data.path', 'data.max_bad', 'weights',
  'select.only_training', 'store', 'score.scores', 'score.embeddings',
)  # fmt: skip
"""Where the names of keys begin that change nothing in a cell."""


def hash8(*parts):
  """8 hex digits over anything JSON can write."""
  text = json.dumps([FORMAT, *parts], sort_keys=True, default=dict)
  return hashlib.sha256(text.encode()).hexdigest()[:8]


@contextlib.contextmanager
def lock(path):
  """Holds `path`'s lock; it goes when the process does, however it ends."""
  folder = path.parent / '.locks'
  folder.mkdir(parents=True, exist_ok=True)
  with open(folder / path.name, 'w') as file:
    try:
      fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      logging.info('waiting for another process that makes %s', path)
      fcntl.flock(file, fcntl.LOCK_EX)
    yield


def partial(path):
  return path.with_name(path.name + '.partial')


def build(path, make, *, by=processes.alone):
  """Returns `path`, made by make(folder) if it is missing.

  Args:
    path: A folder.
    make: Writes into the folder that it is given.
    by: processes.alone, or processes.everyone where each process has a part.
  """

  def work():
    folder, began = partial(path), time.monotonic()
    resumed = processes.agree(folder.exists())
    processes.alone(lambda: folder.mkdir(parents=True, exist_ok=True))
    by(lambda: make(folder))
    spent = {'seconds': time.monotonic() - began, 'resumed': resumed}
    processes.alone(lambda: finish(folder, path, spent))

  missing(path, work)
  return path


build_together = functools.partial(build, by=processes.everyone)


def missing(path, work):
  """work() by every process, under the lock, if `path` is not there."""
  if processes.agree(path.exists()):
    return
  with lock(path) if processes.first() else contextlib.nullcontext():
    if not processes.agree(path.exists()):
      work()


def finish(folder, path, spent):
  """Gives a folder its name, once every process is done with it."""
  write_json(folder / 'time.json', spent | made_with.here())
  folder.rename(path)


def build_file(path, make, *, by=processes.alone):
  """Returns `path`, written by make() if it is missing; times.json beside."""
  missing(path, lambda: by(lambda: fill_file(path, make)))
  return path


build_file_together = functools.partial(build_file, by=processes.everyone)


def build_text(path, text):
  """`build_file` of text()."""
  save = lambda: write(path, lambda temporary: temporary.write_text(text()))
  return build_file(path, save)


def fill_file(path, make):
  """make(), and how long it took in times.json."""
  began = time.monotonic()
  make()
  times = path.with_name('times.json')
  earlier = read_json(times) if times.exists() else {}
  spent = {'seconds': time.monotonic() - began, 'resumed': False}
  write_json(times, {**earlier, path.name: spent})


def write(path, save):
  """Writes a file by save(temporary name), then renames it."""
  if not processes.first():
    return
  path.parent.mkdir(parents=True, exist_ok=True)
  temporary = path.with_name(f'{path.stem}.partial{path.suffix}')
  save(temporary)
  with open(temporary, 'rb') as file:
    os.fsync(file.fileno())
  temporary.rename(path)


def write_json(path, value):
  text = json.dumps(value, indent=2) + '\n'
  write(path, lambda temporary: temporary.write_text(text))


def write_array(path, array):
  write(path, lambda temporary: np.save(temporary, array))


def read_json(path):
  return json.loads(path.read_text())


def flat(tree, prefix=''):
  """Nested dicts -> {'a.b': value}; tuples as JSON gives them back."""
  for key, value in tree.items():
    if isinstance(value, dict):
      yield from flat(value, f'{prefix}{key}.')
    else:
      yield prefix + key, list(value) if isinstance(value, tuple) else value


def differences(path, config, *, younger=()):
  """key -> (old, new) of each key in which a cell's config differs.

  Keys that change nothing in a cell may differ: those of FREE.

  Args:
    path: The config.json of the cell.
    config: What it is to be.
    younger: Keys that the cell may be too old to name, as they were then.
  """
  old = {**dict(flat(dict(younger))), **dict(flat(read_json(path)))}
  new = dict(flat(config))
  return {
    key: (old.get(key), new.get(key))
    for key in sorted(old.keys() | new.keys())
    if old.get(key) != new.get(key) and not key.startswith(FREE)
  }


def same_config(path, config, *, younger=()):
  """Raises ValueError naming the first of the `differences`."""
  found = differences(path, config, younger=younger)
  for key, (old, new) in found.items():
    raise ValueError(
      f'{path}: this cell was begun with {key} = {old!r}, now it is {new!r}; use '
      'another --workdir, or the old value'
    )


def file_digest(path):
  with open(path, 'rb') as file:
    return hashlib.file_digest(file, 'sha256').hexdigest()
