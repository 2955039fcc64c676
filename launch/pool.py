"""Processes, a few at once: as many as were asked for and memory allows."""

import os
import pathlib
import resource
import subprocess
import time

from launch import signals

PAUSE = 0.2
"""Seconds between looks at what runs."""


def run(start, waiting, at_once):
  """Starts what waits and yields what ended; the first one runs alone.

  Args:
    start: (name, cores) -> Popen.
    waiting: [(name, retries)], emptied from its front; it may grow meanwhile.
    at_once: How many may run.

  Yields:
    name, retries, exit code and seconds of each that ended.
  """
  slots = dict.fromkeys(range(at_once))
  ended = 0
  try:
    while waiting or any(slots.values()):
      for slot, running in slots.items():
        if running and running[0].poll() is not None:
          process, name, retries, began = running
          slots[slot] = None
          ended += 1
          yield name, retries, process.returncode, time.monotonic() - began
      for slot in [s for s, running in slots.items() if not running]:
        if waiting and room(ended, sum(map(bool, slots.values()))):
          name, retries = waiting.pop(0)
          process = start(name, cores_of(slot, at_once))
          slots[slot] = process, name, retries, time.monotonic()
      time.sleep(PAUSE)
  finally:
    signals.end([running[0] for running in filter(None, slots.values())])


def room(ended, running):
  """Whether one more fits: as large as the largest that ended so far."""
  if not running:
    return True
  largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
  return ended > 0 and available() > 1.2 * largest


def available():
  """Bytes of memory that are free on this machine."""
  for line in pathlib.Path('/proc/meminfo').read_text().splitlines():
    if line.startswith('MemAvailable:'):
      return int(line.split()[1]) * 1024
  return float('inf')


def cores_of(slot, at_once):
  """The cores of a slot: an even share, or all if there are too few."""
  cores = sorted(os.sched_getaffinity(0))
  return cores[slot::at_once] if at_once <= len(cores) else cores


def begin(command, cores, **options):
  """Popen on some cores: what a terminal or a service tells to the launcher's
  group it is not told, but by the launcher, or when that is gone.
  """

  def prepare():
    os.sched_setaffinity(0, cores)
    signals.end_with_parent()

  return subprocess.Popen(
    command, start_new_session=True, preexec_fn=prepare, **options
  )
