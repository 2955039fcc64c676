"""The check of a set's pictures, once: for every workdir and every command.

What a picture is, its content says: one that is written over with another is
another set, and so is what is made of it. Workdirs of before that name a set by
the sizes of its files; theirs stays its name as long as nothing is written over.
"""

import contextlib
import functools
import gc
import pathlib
import tempfile
import time

from absl import logging

from prune_dm_jax.data import contents as contents_lib
from prune_dm_jax.data import contents_file
from prune_dm_jax.data import facts as facts_lib
from prune_dm_jax.data import identity
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress

KEPT = 60.0
"""Seconds of a long check after which what it found so far is kept."""


@contextlib.contextmanager
def no_garbage():
  """A context in which Python looks for no cycles among a million new tuples;
  nor does it later.
  """
  was = gc.isenabled()
  gc.disable()
  try:
    yield
  finally:
    gc.freeze()
    if was:
      gc.enable()


def source(opened, path, workdir, also=()):
  """A Source by its contents, less what cannot be read; and its Facts.

  Args:
    opened: The Source.
    path: Of the data.
    workdir: Where its bad.json is; and its table, if the user's folder for such
      cannot be written.
    also: What else is had of a picture while it is decoded, contents.Also each.
  """
  shared, found = pathlib.Path(workdir) / 'shared', {}
  tables = functools.partial(table_folder, shared)
  processes.alone(
    lambda: found.update(contents=contents_of(opened, path, tables, also=also))
  )
  whole = processes.told(lambda: fingerprint(found['contents'], opened))
  older = shared / f'checked-{artifacts.hash8(opened.fingerprint)}'
  of_old = same_as_of_old(older, whole)
  folder = older if of_old else shared / f'checked-{artifacts.hash8(whole)}'
  if not of_old:
    artifacts.build(folder, lambda new: write_bad(new, found['contents']))
  left = opened.without(damage.read_json(folder / 'bad.json'))
  named = left.named(
    processes.told(lambda: fingerprint(found['contents'], left))
  )
  named = named.named(left.by_sizes) if of_old else named
  facts = facts_of(found, left)
  return named.checked(facts.bytes), facts


def facts_of(found, left):
  """The Facts of a Source, as the process that has its contents knows them."""
  contents = found.get('contents')
  own = facts_lib.of_contents(contents, left) if contents else None
  return facts_lib.Facts(*map(processes.array, own or facts_lib.unknown(left)))


def without_workdir(opened, path, *, workers=0):
  """As `source`, for a command that has no workdir; and [N, 2] their shapes."""
  with tempfile.TemporaryDirectory() as aside:
    contents = contents_of(
      opened, path, lambda: table_folder(pathlib.Path(aside)), workers=workers
    )
  left = opened.without(contents_lib.bad(contents))
  named, whole = left.named(fingerprint(contents, left)), contents.why == ''
  return named.checked(contents.bytes[whole]), contents.shapes[whole]


def same_as_of_old(older, whole):
  """Whether a workdir knows this set by its sizes, and its contents are those.

  What they were when it was checked none knows any more; from now on it does.
  """
  if not processes.agree((older / 'bad.json').exists()):
    return False
  facts, now = older / 'contents.json', {'fingerprint': whole}
  artifacts.build_file(facts, lambda: artifacts.write_json(facts, now))
  return damage.read_json(facts) == now


def write_bad(folder, contents):
  """bad.json: key -> why, of what a full decode found."""
  artifacts.write_json(folder / 'bad.json', contents_lib.bad(contents))


def fingerprint(contents, left):
  """That of the contents of a Source, which may have fewer examples."""
  rows = identity.places(left.keys, contents.keys)
  return identity.of_contents(left.keys, contents.bytes[rows], left.roles)


def contents_of(opened, path, folder, *, workers=0, also=()):
  """The Contents of a Source: what is kept of them, and a pass over the rest."""
  file = folder() / contents_file.name(path, opened.layout)
  contents = contents_lib.blank(opened)
  with artifacts.lock(file):
    contents_file.read(file, contents)
    total, known = len(opened), int(contents.known.sum())
    logging.info('checked before: %d of %d pictures', known, total)
    number = len(contents_lib.wanted(contents, also))
    if number:
      say = progress.counter('looking at pictures', number)
      try:
        contents_lib.complete(
          contents, opened, workers=workers, say=say, keep=keeper(file),
          also=also,
        )  # fmt: skip
      finally:  # Ctrl-C, say: what was looked at is known.
        with interrupt.kept():
          contents_file.write(file, contents)
  return contents


def keeper(file):
  """A function that writes the contents, if it was long not called so."""
  wrote = time.monotonic()

  def keep(contents):
    nonlocal wrote
    if time.monotonic() - wrote > KEPT:
      contents_file.write(file, contents)
      wrote = time.monotonic()

  return keep


def table_folder(instead):
  """The user's folder of tables; another, where that cannot be written."""
  folder = contents_file.folder()
  try:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
      return folder
  except OSError as error:
    logging.warning(
      '%s: %s; that pictures were checked is kept in %s',
      folder, error.strerror, instead,
    )  # fmt: skip
    return instead
