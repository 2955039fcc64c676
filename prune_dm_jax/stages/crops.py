"""Pictures as all stages see them: cropped, from their files or from the store.

With config.runtime.crops each file is decoded once: by the check of the
pictures, or else where they are first asked for.
"""

import contextlib
import functools

import numpy as np

from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import contents as contents_lib
from prune_dm_jax.data import facts
from prune_dm_jax.data import images
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import crops as crops_lib
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress


def asked(config):
  """Whether crops are to be kept; an embedded set is not decoded."""
  return config.runtime.crops and config.data.name not in EMBEDDED


def of_files(run):
  """Whether the crops of a run are kept: its pictures are files."""
  return asked(run.config) and isinstance(run.source, source_lib.Source)


def reader(run):
  """indices [b] -> uint8 [b, S, S, C] pictures of the run; it pickles.

  All processes ask for it together, where they are to read.
  """
  data = run.config.data
  if of_files(run):
    return functools.partial(crops_lib.take, build(run))
  return functools.partial(
    images.batch, run.source, size=data.image_size, crop=data.crop
  )


def build(run):
  """The Places of the crops of every picture, all of which are there then."""
  folder = crops_lib.folder(run.config, run.workdir)
  found = crops_lib.places(folder, run.facts.bytes)
  if processes.agree(bool((found.file < 0).any())):
    processes.alone(functools.partial(complete, run, folder))
    found = crops_lib.places(folder, run.facts.bytes)
  crops_lib.check_all(folder, found)
  return found


def complete(run, folder):
  """Decodes the pictures whose crops are not there, and keeps these."""
  hashes = run.facts.bytes
  with artifacts.lock(folder):  # Who had it may have made some.
    some = crops_lib.missing(crops_lib.places(folder, hashes), hashes)
    crops_lib.check_room(run.config, folder, len(some))
    make(run, folder, some)


def make(run, folder, some):
  """Adds the crops of some pictures of a run."""
  parts = unreadable.each(
    run.source,
    functools.partial(contents_lib.seen, [crop_of(run.config)]),
    among=some,
    workers=run.config.runtime.workers,
    say=progress.counter('crops', len(some)),
  )
  with contextlib.closing(parts), crops_lib.adding(folder) as add:
    for part, found in parts:
      check(run, part, [look.why for look, _ in found])
      put(add, *zip(*((look, made[0]) for look, made in found), strict=True))


def crop_of(config):
  """uint8 [H, W, 3] -> uint8 [S, S, 3], for a process that knows no JAX.

  A crop that there is not is refused later, with all that is checked.
  """
  crop = images.CROPS.get(config.data.crop, images.center_crop)
  return functools.partial(crop, size=config.data.image_size)


def check(run, indices, reasons):
  """Raises ValueError of a picture that was whole when it was checked."""
  for i, why in zip(indices, reasons, strict=True):
    if why:
      raise ValueError(f'{run.source.keys[i]}: {why}')


def put(add, looks, crops):
  """Adds crops, by the hashes of their files."""
  add(facts.rows([look.bytes for look in looks]), np.stack(crops))


@contextlib.contextmanager
def also(config, workdir):
  """A context of what the check of pictures is to have made, contents.Also each.

  It decodes no picture for that: what it does not look at, `build` does.
  """
  if not asked(config):
    yield ()
    return
  folder = crops_lib.folder(config, workdir)

  def lacks(contents):
    unknown = np.count_nonzero(~contents.known)
    if unknown:
      number = max(unknown - crops_lib.there(folder), 0)
      crops_lib.check_room(config, folder, number)
    return np.zeros(len(contents.keys), bool)

  with crops_lib.adding(folder) as add:
    yield (
      contents_lib.Also(crop_of(config), lacks, functools.partial(put, add)),
    )
