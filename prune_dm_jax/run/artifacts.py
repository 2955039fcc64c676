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
import time

from absl import logging

from prune_dm_jax.report import cell_files
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import made_with
from prune_dm_jax.run import processes
from prune_dm_jax.training import faults
from prune_dm_jax.training import notes

FORMAT = 1
"""Part of every hash: raised when an artifact's meaning changes."""

FREE = ('runtime.', *cell_files.FREE, *cell_files.WHERE)
"""Where the names of keys begin that change nothing in a cell."""


def hash8(*parts):
  """8 hex digits over anything JSON can write."""
  text = json.dumps([FORMAT, *parts], sort_keys=True, default=dict)
  return hashlib.sha256(text.encode()).hexdigest()[:8]


@contextlib.contextmanager
def lock(path):
  """Holds `path`'s lock; it goes when the process does, however it ends."""
  folder = path.parent / '.locks'
  digests.make_folder(folder)
  with open(folder / path.name, 'w') as file:
    try:
      faults.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      logging.info('waiting for another process that makes %s', path)
      faults.flock(file, fcntl.LOCK_EX)
    yield


def partial(path):
  return path.with_name(path.name + '.partial')


def build(path, make, *, by=processes.alone, settle=damage.set_aside):
  """Returns `path`, made by make(folder) if it is missing, or damaged.

  Args:
    path: A folder.
    make: Writes into the folder that it is given.
    by: processes.alone, or processes.everyone where each process has a part.
    settle: What becomes of a damaged one, see run/damage.py.
  """

  def work():
    folder, began = partial(path), time.monotonic()
    resumed = processes.agree(folder.exists())
    processes.alone(lambda: start(folder))
    by(lambda: make(folder))
    spent = {'seconds': time.monotonic() - began, 'resumed': resumed}
    processes.alone(lambda: finish(folder, path, spent))

  missing(path, work, settle)
  return path


build_together = functools.partial(build, by=processes.everyone)


def start(folder):
  """A folder to be filled, in which nothing counts as finished."""
  digests.make_folder(folder)
  (folder / digests.NAME).unlink(missing_ok=True)


def missing(path, work, settle):
  """work() by every process, under the lock, if `path` is not there, whole."""
  if whole(path):
    return
  with lock(path) if processes.first() else contextlib.nullcontext():
    processes.alone(lambda: settle(path))
    if not whole(path):
      work()


def whole(*paths):
  """Whether what build makes there is there and whole, to the first process."""
  found = []
  processes.alone(lambda: found.append(all(map(digests.is_whole, paths))))
  return processes.agree(bool(found and found[0]))


def finish(folder, path, spent):
  """Gives a folder its name, once every process is done with it."""
  write_json(folder / 'time.json', spent | made_with.here())
  write_list(folder, digests.of_folder(folder))
  digests.sync(folder)
  folder.rename(path)
  faults.sync_entry(path.parent)


def write_list(folder, files):
  write_text(folder / digests.NAME, digests.text(files))


def build_file(
  path, make, *, by=processes.alone, beside=(), settle=damage.refuse
):
  """Returns `path`, written by make() if it is missing; times.json beside.

  Where there are digests, a file that is not among them was not finished.

  Args:
    path: A file.
    make: Writes it, and what is to be beside it.
    by: As in `build`.
    beside: Names of what else is to be found as it was written, if it is there.
    settle: As in `build`.
  """
  missing(path, lambda: by(lambda: fill_file(path, make, beside)), settle)
  return path


build_file_together = functools.partial(build_file, by=processes.everyone)


def build_text(path, text):
  """`build_file` of text(), which can be made again at any time."""
  save = lambda: write_text(path, text())
  return build_file(path, save, settle=damage.set_aside)


def fill_file(path, make, beside):
  """make(), how long it took in times.json, and the digests of all of it."""
  began, resumed = time.monotonic(), partial(path).exists()
  make()
  if not processes.first():
    return
  times, list_of = path.with_name('times.json'), path.with_name(digests.NAME)
  with lock(list_of):
    spent = {'seconds': time.monotonic() - began, 'resumed': resumed}
    write_json(times, {**damage.noted(times), path.name: spent})
    files = digests.read(path.parent)
    if files is None:
      return
    there = [path.with_name(n) for n in (path.name, *beside, times.name)]
    added = {p.name: digests.of_file(p) for p in there if p.exists()}
    write_list(path.parent, {**files, **added})


def rewrite_json(path, value):
  """A file of a cell that is added to later on; a kill leaves it unlisted."""
  with lock(path.with_name(digests.NAME)):
    files = digests.read(path.parent)
    if files and path.name in files:
      write_list(path.parent, {n: files[n] for n in files if n != path.name})
    write_json(path, value)
    if files is not None:
      write_list(path.parent, {**files, path.name: digests.of_file(path)})


def begin(path):
  """Keeps digests of a folder of which `path` is to be the first file."""
  if not path.exists() and not path.with_name(digests.NAME).exists():
    write_list(path.parent, {})


def write(path, save):
  """Writes a file by save(temporary name), then renames it."""
  if processes.first():
    digests.make_folder(path.parent)
    notes.save_whole(path, save)


def write_text(path, text):
  write(path, lambda temporary: temporary.write_text(text))


def write_json(path, value):
  write_text(path, json.dumps(value, indent=2) + '\n')


def write_array(path, array):
  """An .npy, hashed as it is written."""
  sha = []
  write(path, lambda part: sha.append(digests.save_array(part, array)))
  for digest in sha:
    digests.known[digests.stamp(path)] = digest


def flat(tree, prefix=''):
  """Nested dicts -> {'a.b': value}; tuples as JSON gives them back."""
  for key, value in tree.items():
    if isinstance(value, dict):
      yield from flat(value, f'{prefix}{key}.')
    else:
      yield prefix + key, list(value) if isinstance(value, tuple) else value


def differences(path, config, *, younger=()):
  """key -> (old, new) of each key in which a cell's config differs.

  Keys that change nothing in a cell may differ: of FREE, and of other models.

  Args:
    path: The config.json of the cell.
    config: What it is to be.
    younger: Keys that the cell may be too old to name, as they were then.
  """
  old = dict(flat(dict(younger))) | dict(flat(damage.read_json(path)))
  new = dict(flat(config))
  free = (*FREE, *(f'{m}.' for m in cell_files.ALONE if m != new.get('model')))
  return {
    key: (old.get(key), new.get(key))
    for key in sorted(old.keys() | new.keys())
    if old.get(key) != new.get(key) and not key.startswith(free)
  }


def same_config(path, config, *, younger=()):
  """Raises ValueError naming the first of the `differences`."""
  found = differences(path, config, younger=younger)
  for key, (old, new) in found.items():
    raise ValueError(
      f'{path}: this cell was begun with {key} = {old!r}, now it is {new!r}; use '
      'another --workdir, or the old value'
    )
