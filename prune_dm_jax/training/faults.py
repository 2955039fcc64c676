"""Faults of the machine, told apart from damage to what is read or written.

A disk that does not answer, a full one, or too little memory says nothing of
the content: what it stopped goes on when it is over. TensorStore and XLA wrap
such errors into others, whose words name them.
"""

import contextlib
import errno
import os
import re

import jax

OF_CONTENT = (0, errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
"""What a file that is gone, or is none, gives."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

TENSORSTORE = re.compile(r"os_error_code(?:\[\d+\])?='(\d+)'")
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
  found = TENSORSTORE.search(text)
  return int(found[1]) if found else 0


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
