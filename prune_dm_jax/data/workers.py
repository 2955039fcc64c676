"""Processes that read for another: signals are its affair, and they end with it."""

import multiprocessing
import os
import signal
import threading

SIGNALS = {
  signal.SIGINT,
  signal.SIGTERM,
  signal.SIGUSR1,
  signal.SIGUSR2,
  signal.SIGHUP,
}


def serve(*which):
  """At the beginning of a worker: it is told to end by nobody else."""
  del which
  for number in SIGNALS:
    signal.signal(number, signal.SIG_IGN)
  threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent():
  """Ends at once, when whom this reads for has ended in any way."""
  multiprocessing.parent_process().join()
  os._exit(0)
