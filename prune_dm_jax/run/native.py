"""What XLA writes as it ends a process: a sentence, where it has a page.

Without its coordinator XLA aborts within milliseconds, and offers no other way.
So of several processes each has its native output read line by line; what is
about the coordination of processes is left out; and the abort itself is met
with our sentence, in a process that is lost anyway.
"""

import ctypes
import os
import re
import signal
import sys
import threading
import time
import types

from absl import logging

from prune_dm_jax.run import interrupt

LINE = re.compile(rb'[IWEF]\d{4} ')
"""How a line of XLA's log begins; one without goes on with the one before."""

ABOUT = re.compile(
  rb'coordination_service|preemption_sync|client\.h:|error_poll'
)
"""What is left out: these files speak of processes that are missing."""

FATAL = b'JAX distributed service detected fatal errors'

state = types.SimpleNamespace(fatal=False, hook=None)


def listen(sentence):
  """From now on sentence() is said where XLA ends a process without others."""
  ours, (end, start) = os.dup(2), os.pipe()
  os.dup2(start, 2)
  os.close(start)
  os.set_inheritable(2, True)
  interrupt.state.out = ours
  sys.stderr = os.fdopen(ours, 'w', 1, errors='backslashreplace')
  handler = logging.get_absl_handler().python_handler
  handler.setStream(sys.stderr)
  threading.Thread(target=forward, args=(end, ours), daemon=True).start()
  hook = ctypes.CFUNCTYPE(None, ctypes.c_int)(lambda _: aborted(sentence))
  state.hook = hook  # Kept, as C calls it.
  ctypes.CDLL(None).signal(signal.SIGABRT, hook)


def forward(end, out):
  """In a thread: lines of XLA, but of what is about missing processes."""
  about = False
  with os.fdopen(end, 'rb') as lines:
    for line in lines:
      state.fatal = state.fatal or FATAL in line
      if LINE.match(line):
        about = bool(ABOUT.search(line))
      if not about and not state.fatal:
        os.write(out, line)


def aborted(sentence):
  """In whatever thread aborts; returns where it is for another reason."""
  time.sleep(2 * interrupt.PAUSE)  # What it wrote is read meanwhile.
  if state.fatal:
    interrupt.leave(interrupt.AGAIN, sentence())
