"""How a launcher ends, and what it began with it: told by whom, with which code.

A command ends with AGAIN when it was told to end and has saved: the same one goes
on. So does a launcher, once all its commands have ended.
"""

import ctypes
import signal
import subprocess
import sys

AGAIN, STOPPED = 75, 130
"""As prune_dm_jax.run.interrupt has them, which a launcher does without."""

SIGNALS = (
  signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2,
)  # fmt: skip

PATIENCE = 100.0
"""Seconds in which commands may save the step that they are in."""


PR_SET_PDEATHSIG = 1
"""Linux's: the signal that a process gets when its parent ends."""


class Told(BaseException):
  """All is to end: which signal asked for it, if any, and why in words."""


def listen():
  """From now on a signal raises Told, unless it is ignored."""
  for number in SIGNALS:
    if signal.getsignal(number) != signal.SIG_IGN:
      signal.signal(number, heard)


def end_with_parent():
  """This process is told to end when the one that began it has, however."""
  ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def heard(number, frame):
  del frame
  raise Told(number, f'stopped by {signal.Signals(number).name}')


def leave(told):
  """Ends the program with one line."""
  number, why = told.args
  print(f'prune_dm_jax: {why}; the same command goes on', file=sys.stderr)
  sys.exit(STOPPED if number == signal.SIGINT else AGAIN)


def end(processes):
  """Tells processes to save and to end, and waits; told again, kills them."""
  try:
    for process in processes:
      if process.poll() is None:
        process.send_signal(signal.SIGUSR1)
    for process in processes:
      process.wait(PATIENCE)
  except (subprocess.TimeoutExpired, Told):
    for process in processes:
      process.kill()
      process.wait()
