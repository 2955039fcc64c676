"""What is said of a fault of the machine: no room, no memory, no answer."""

import errno
import io
import pathlib
import shutil
import threading
import traceback

from prune_dm_jax.training import faults

PACKAGE = pathlib.Path(__file__).parents[1]

PASSING = (
  errno.EIO, errno.ESTALE, errno.ENOMEM, errno.EMFILE, errno.ENFILE,
  errno.ETIMEDOUT, errno.EROFS, errno.ENOTCONN, errno.EREMOTEIO, errno.EHOSTDOWN,
  errno.ENOLINK, errno.EREMOTE, errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM,
  errno.EUCLEAN, errno.EBADMSG, errno.ENOLCK,
)  # fmt: skip
"""What says nothing of what is read, and may be over the next time."""


def sentence(error):
  """Where a fault of the machine was, and what would do; '' of another error."""
  code = faults.number(error)
  if code not in (*faults.NO_ROOM, *PASSING):
    return ''
  told = [e for e in faults.chain(error) if faults.own_number(e) == code]
  path = next((e.filename for e in told if getattr(e, 'filename', 0)), '')
  path = path or at_work_on(error)
  said = getattr(told[0], 'strerror', None) or faults.words(code)
  where = f'{path}: ' if path else ''
  if ';' in said:  # A sentence of ours, which says what would do.
    return where + said
  if code in faults.NO_ROOM:
    return where + said + room(code, path, getattr(told[0], 'needed', 0))
  return f'{where}{said}; the same command goes on when that is over'


def room(code, path, needed):
  """How much was to be written, how much is free, and what would do."""
  sizes = [f'{needed:,} bytes are to be written'] if needed else []
  if path:
    there = next(p for p in pathlib.Path(path).absolute().parents if p.exists())
    sizes.append(f'{shutil.disk_usage(there).free:,} bytes are free')
  sizes = f' ({" and ".join(sizes)})' if sizes else ''
  limit = 'files may be larger (ulimit -f)' if code == errno.EFBIG else ''
  return f'{sizes}; the same command goes on when {limit or "there is room"}'


def at_work_on(error):
  """The file or path that our code was at work on, as errors of reading and
  writing name none; '' if there is none."""
  for one in faults.chain(error):
    for frame, _ in reversed([*traceback.walk_tb(one.__traceback__)]):
      if pathlib.Path(frame.f_code.co_filename).is_relative_to(PACKAGE):
        values = [*frame.f_locals.values()]
        files = [v.name for v in values if isinstance(v, io.IOBase)]
        paths = [v for v in values if isinstance(v, pathlib.Path)]
        if files or paths:
          return str([*paths, *files][-1])
  return ''


def is_told_elsewhere(error):
  """Whether a log line of Orbax is of what `sentence` will say, or follows it.

  Its threads tell of a full disk one after the other; the last to hear of it is
  the program, which ends with it.
  """
  return faults.number(error) in faults.NO_ROOM


def is_aftermath(error):
  """Whether TensorStore had nobody left to tell what its thread did."""
  return (
    threading.current_thread() is not threading.main_thread()
    and isinstance(error, RuntimeError)
    and str(error) == 'Event loop is closed'
  )
