"""Told to end: what signals do, and with which code the program ends.

  SIGTERM SIGUSR1 SIGUSR2 SIGHUP   75, as soon as what is at hand is saved
  SIGINT, as of Ctrl-C             130, at once
  any second one                   128 + its number, at once

75 is EX_TEMPFAIL of sysexits.h: run again, the same command goes on. A training
saves the step that it is in; any other work is broken off, as all that is on disk
is whole. A thread listens too, for the time when imports or XLA, which know of no
signals, keep the program.
"""

import contextlib
import os
import select
import signal
import sys
import threading
import time
import types

SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP)

AGAIN, STOPPED = 75, 130

PATIENCE = 4.0
"""Seconds that what cannot be broken off is waited for."""

PAUSE = 0.1
"""Seconds between looks at what goes on, once there was a signal."""

state = types.SimpleNamespace(
  number=0, at_work=False, kept=0, together=None, out=2
)
"""The first signal; whether exceptions are caught; how much is being kept; what
several processes know of one another; where to write."""

leaving = threading.Lock()


class Told(SystemExit):
  """The program was told to end, and has saved what it was at."""


def listen():
  """From now on signals do what is said above, unless they are ignored."""
  for number in (signal.SIGINT, *SIGNALS):
    if signal.getsignal(number) != signal.SIG_IGN:
      signal.signal(number, heard)
  end, start = os.pipe()
  os.set_blocking(start, False)
  signal.set_wakeup_fd(start, warn_on_full_buffer=False)
  threading.Thread(target=watch, args=(end,), daemon=True).start()


def finished():
  """From now on signals are ignored, but Ctrl-C: all is done, the code is 0."""
  for number in SIGNALS:
    if signal.getsignal(number) == heard:
      signal.signal(number, signal.SIG_IGN)


def heard(number, frame):
  """In the main thread, between two lines of Python."""
  del frame
  state.number = state.number or number
  if not state.at_work:
    leave(code_of(number), sentence())
  if number == signal.SIGINT:
    raise KeyboardInterrupt
  if not state.kept and not state.together:
    raise Told


def heed(error):
  """Ends the program, if to be told to end was raised where nobody catches it,
  or where it was made another error of: class bodies do, in an import.
  """
  while error is not None:
    if isinstance(error, Told | KeyboardInterrupt):
      leave(code_of(state.number), sentence())
    error = error.__cause__ or error.__context__


def watch(pipe):
  """In a thread: ends the program, where the main one does not in time."""
  first, since = 0, 0.0
  while True:
    ready, *_ = select.select([pipe], [], [], PAUSE if first else None)
    for number in os.read(pipe, 64) if ready else b'':
      if first:
        leave(128 + number, f'left at once, at {name_of(number)}; {GOES_ON}')
      first, since = number, time.monotonic()
      state.number = state.number or number
    kept = state.kept or state.together
    if kept and first != signal.SIGINT:
      since = time.monotonic()
    elif first and time.monotonic() - since > PATIENCE:
      leave(code_of(first), sentence())


@contextlib.contextmanager
def kept():
  """A context of what is not broken off: it is short, and keeps work."""
  state.kept += 1
  try:
    yield
  finally:
    state.kept -= 1


@contextlib.contextmanager
def training():
  """A context that gives told(), to be asked after each step: stop, and save?

  Until the first step is done there is nothing to save.

  Raises:
    Told: At its end, if the program was told to end meanwhile.
  """
  with contextlib.ExitStack() as until_saved:
    begun = []

    def told():
      if not begun:
        begun.append(until_saved.enter_context(kept()))
      return state.together.told() if state.together else asked()

    try:
      yield told
    except SystemExit as end:  # Of who saved the step that it was in.
      raise Told(end.code) from end
    finally:
      if state.together:
        state.together.trained()
  if asked():
    raise Told


def asked():
  """Whether a signal came that asks to save and to end."""
  return state.number in SIGNALS


GOES_ON = 'the same command goes on'


def sentence(where=''):
  """What is said at the end."""
  if state.number in (0, signal.SIGINT):
    return f'stopped; {GOES_ON}'
  at = f', {where}' if where else ''
  return f'stopped by {name_of(state.number)}{at}; {GOES_ON}'


def name_of(number):
  return signal.Signals(number).name


def code_of(number):
  return STOPPED if number == signal.SIGINT else AGAIN


def leave(code, said):
  """Ends the program at once: what XLA still computes would be waited for."""
  if not leaving.acquire(blocking=False):
    time.sleep(3600)  # Another thread is at it.
  if state.together:
    state.together.farewell(code)
  say(said)
  if 'multiprocessing' in sys.modules:
    for child in sys.modules['multiprocessing'].active_children():
      child.kill()
  os._exit(code)


def say(sentence):
  """A line on stderr, in place of one that moves, if anyone is there."""
  with contextlib.suppress(OSError):
    clear = '\r\033[K' if os.isatty(state.out) else ''
    os.write(state.out, f'{clear}prune_dm_jax: {sentence}\n'.encode())
