"""A look at every picture of a set, once, by all processors; and how many of them
may be unreadable.
"""

import concurrent.futures
import functools
import multiprocessing
import os
import pickle
import signal
import tempfile

import numpy as np

from prune_dm_jax.data import workers as workers_lib
from prune_dm_jax.data.walks import reasons

WORTHWHILE = 2000
"""Pictures from which on processes are worth their start."""

TOGETHER = 64
"""Pictures that a process is given at a time."""


def each(source, look, *, among=None, workers=0, say=lambda done: None):
  """Yields (part, [look(source, i) for i in part]) of parts of a Source.

  Args:
    source: The Source, which must pickle.
    look: (source, i) -> anything that pickles; a function of a module.
    among: [n] which examples; all, if it is not given.
    workers: Processes; 0 stands for as many as there are processors, or none
      for a small set.
    say: Called with the number of pictures that were looked at, now and then.
  """
  among = np.arange(len(source)) if among is None else np.asarray(among)
  parts = (
    np.array_split(among, -(-len(among) // TOGETHER)) if len(among) else []
  )
  if not workers and len(among) < WORTHWHILE:
    found = (of_part(source, look, part) for part in parts)
  else:
    found = in_processes(source, look, parts, workers or os.cpu_count())
  done = 0
  for part, those in zip(parts, found, strict=True):
    yield part, those
    done += len(part)
    say(done)


def of_part(source, look, part):
  return [look(source, int(i)) for i in part]


def in_processes(source, look, parts, workers):
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
    before = signal.pthread_sigmask(signal.SIG_BLOCK, workers_lib.SIGNALS)
    try:  # Signals are for who waits for them.
      found = pool.map(functools.partial(of_given, look), parts)
    finally:
      signal.pthread_sigmask(signal.SIG_SETMASK, before)
    yield from found


received = {}


def receive(path):
  workers_lib.serve()
  with open(path, 'rb') as file:
    received['source'] = pickle.load(file)


def of_given(look, part):
  return of_part(received['source'], look, part)


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
