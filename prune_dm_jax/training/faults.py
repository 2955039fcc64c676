"""Faults of the machine, told apart from damage to what is read or written.

A disk that does not answer, a full one, or too little memory says nothing of
the content: what it stopped goes on when it is over. TensorStore and XLA wrap
such errors into others, whose words name them.
"""

import contextlib
import errno
import fcntl
import functools
import os
import re

import jax
from absl import logging

OF_CONTENT = (0, errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
"""What a file that is gone, or is none, gives."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

LACKING = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
"""What a file system says of what it cannot do."""

WRAPPED = re.compile(
  r"os_error_code(?:\[\d+\])?='(?P<c>\d+)'|\(os error (?P<rust>\d+)\)"
)
"""An errno in the words of TensorStore, and of what is written in Rust."""

SHORT = re.compile('requested and [0-9]+ written|Not enough free space')
"""What numpy says of an array that it could not write whole."""


def chain(error):
  """An error, and all that it was raised from, the first cause last."""
  found = [error]
  for one in found:
    inner = (*getattr(one, 'exceptions', ()), one.__cause__, one.__context__)
    found += [e for e in inner if e is not None and e not in found]
  return found


def number(error):
  """errno of the fault of the machine that an error tells of, or 0."""
  codes = map(own_number, chain(error))
  return next((code for code in codes if code not in OF_CONTENT), 0)


def own_number(error):
  """errno that an error itself tells of, or 0."""
  text = str(error)
  if isinstance(error, MemoryError):
    return errno.ENOMEM
  if isinstance(error, TimeoutError):
    return error.errno or errno.ETIMEDOUT
  if isinstance(error, OSError):
    return error.errno or (errno.ENOSPC if SHORT.search(text) else 0)
  if isinstance(error, jax.errors.JaxRuntimeError):
    return errno.ENOMEM if 'RESOURCE_EXHAUSTED' in text else 0
  found = WRAPPED.search(text)
  return int(found['c'] or found['rust']) if found else 0


def words(code):
  """What an errno means."""
  return 'out of memory' if code == errno.ENOMEM else os.strerror(code)


@contextlib.contextmanager
def writing(path, needed):
  """A context whose error, if there is no room, names what it was to write.

  Raises:
    OSError: With `needed`, how many bytes were to be written.
  """
  try:
    yield
  except Exception as error:
    code = number(error)
    if code not in NO_ROOM:
      raise
    full = OSError(code, words(code), str(path))
    full.needed = needed
    raise full from error


@contextlib.contextmanager
def lacking(what, without):
  """A context in which what a file system cannot do is left, and said once."""
  try:
    yield
  except OSError as error:
    if error.errno not in LACKING:
      raise
    warn_once(f'{what}: {error.strerror}; {without}')


warn_once = functools.cache(logging.warning)


def flock(file, how):
  """fcntl.flock."""
  with lacking('flock', 'who makes the same meanwhile makes it too'):
    fcntl.flock(file, how)


def sync_entry(path):
  """To the disk with a file, or with the names in a folder."""
  descriptor = os.open(path, os.O_RDONLY)
  try:
    with lacking('fsync', 'what is written last may be lost with the power'):
      os.fsync(descriptor)
  finally:
    os.close(descriptor)
