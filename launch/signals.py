"""How a launcher ends, and what it began with it: told by whom, with which code.

A command ends with AGAIN when it was told to end and has saved: the same one goes
on. So does a launcher, once all its commands have ended.
"""

import signal
import subprocess

AGAIN, STOPPED = 75, 130
"""As prune_dm_jax.run.interrupt has them, which a launcher does without."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)

PATIENCE = 30.0
"""Seconds in which commands may save the step that they are in."""


class Told(BaseException):
  """The launcher was told to end, by the signal that this names."""

  @property
  def code(self):
    return STOPPED if self.args[0] == signal.SIGINT else AGAIN


def listen():
  """From now on the first signal raises Told; the next ones are ignored."""
  for number in SIGNALS:
    if signal.getsignal(number) != signal.SIG_IGN:
      signal.signal(number, heard)


def heard(number, frame):
  del frame
  for other in SIGNALS:
    signal.signal(other, signal.SIG_IGN)
  raise Told(number)


def end(processes):
  """Tells processes to save and to end, once, and waits for them.

  One that ends by itself, as Ctrl-C tells all of a terminal, is not told again.
  """
  for process in processes:
    if process.poll() is None:
      process.send_signal(signal.SIGUSR1)
  for process in processes:
    try:
      process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
      process.kill()
      process.wait()
