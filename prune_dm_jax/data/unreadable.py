"""The check that every picture of a set can be read: once, by all processors.

A full decode of each, as half a picture opens as well as a whole one.
"""

import concurrent.futures
import functools
import multiprocessing
import os
import pickle
import tempfile

import numpy as np

from prune_dm_jax.data import reasons

WORTHWHILE = 2000
"""Pictures from which on processes are worth their start."""


def among(source, *, workers=0, say=lambda done: None):
  """key -> why, of each example of a Source that cannot be decoded.

  Args:
    source: The Source, which must pickle.
    workers: Processes; 0 stands for as many as there are processors, or none
      for a small set.
    say: Called with the number of pictures that were tried, now and then.
  """
  return counted(source, none, workers=workers, say=say)[0]


def none(picture):
  """Of no picture."""
  return False


def counted(source, such, *, workers=0, say=lambda done: None):
  """What `among` finds, and how many of the others are such.

  Args:
    source: The Source, which must pickle.
    such: uint8 [H, W, 3] -> bool, which must pickle.
    workers: Processes, as `among` has them.
    say: Called with the number of pictures that were tried, now and then.
  """
  if not len(source):
    return {}, 0
  parts = np.array_split(np.arange(len(source)), max(len(source) // 64, 1))
  if not workers and len(source) < WORTHWHILE:
    found = (of_part(source, such, part) for part in parts)
  else:
    found = in_processes(source, such, parts, workers or os.cpu_count())
  bad, number = {}, 0
  for part, (those, here) in zip(parts, found, strict=True):
    bad |= {source.keys[i]: why for i, why in those}
    number += here
    say(int(part[-1]) + 1)
  return bad, number


def of_part(source, such, part):
  """[(i, why)] of what cannot be read in `part`, and how many others are such."""
  bad, number = [], 0
  for i in part:
    why, picture = source.attempt(i)
    if why:
      bad.append((int(i), why))
    else:
      number += such(picture)
  return bad, number


def in_processes(source, such, parts, workers):
  """Yields of_part of all parts, in processes that read the source from a file.

  Through their pipe, one that dies as it starts would leave us writing forever.
  """
  with (
    tempfile.NamedTemporaryFile() as file,
    concurrent.futures.ProcessPoolExecutor(
      workers,
      multiprocessing.get_context('spawn'),
      initializer=receive,
      initargs=(file.name,),
    ) as pool,
  ):
    pickle.dump(source, file)
    file.flush()
    yield from pool.map(functools.partial(of_given, such), parts)


received = {}


def receive(path):
  with open(path, 'rb') as file:
    received['source'] = pickle.load(file)


def of_given(such, part):
  return of_part(received['source'], such, part)


def refuse(source, *, most):
  """Raises ValueError if more than the share `most` of a Source is bad."""
  number = reasons.number_bad(source)
  total = number + len(source)
  if number <= most * total:
    return
  why = reasons.told(source.bad, repeated=reasons.repeated(source))
  raise ValueError(
    f'{number} of {total} pictures cannot be used, more than '
    f'config.data.max_bad = {most:g} of them: {why}'
  )
