"""What a long stage says of itself while it runs, on stderr.

On a terminal it is one moving line; in a file or under SLURM, plain lines. No
silence is longer than ten seconds: where a stage cannot say how far it is, a
thread says what goes on, and for how long.
"""

import collections
import contextlib
import functools
import os
import sys
import threading
import time
import types

import tqdm
from absl import logging

from prune_dm_jax.report import live

EVERY = 5.0
"""Seconds between plain lines of how far a stage is."""

SILENCE = 10.0
"""Seconds after which something is said."""

SLOW = 1.0
"""Seconds of compiling that are worth a line, and between looks at the time."""

BAR = (
  '{desc}: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt}, '
  '{rate_noinv_fmt}, {remaining} left{postfix}'
)
WAIT = '{desc}: {elapsed_s:.0f} s'

stack = []
"""What goes on: the innermost, last, is what is spoken of."""

state = types.SimpleNamespace(
  spoke=time.monotonic(), bar=None, counted=(), lines=collections.deque([], 12)
)
"""When a line was said; what moves; how far it is, of live.Counted at most one;
the last lines."""

lock = threading.RLock()


def counter(name, size, *, unit=''):
  """A function say(done, note='', line=False) of how far a stage is.

  Args:
    name: What is done.
    size: How many there are to do.
    unit: Before the numbers of a plain line, as 'step '.

  Returns:
    Moves the line of a terminal; in a file it says a line every few seconds,
    and for each call with `line`. The rate is of what is done after the first
    call, as what comes before was compiled, or done by an earlier run.
  """
  first = None

  def say(done, note='', line=False):
    nonlocal first
    first = first or (done, time.monotonic())
    rate = (done - first[0]) / max(time.monotonic() - first[1], 1e-9)
    left = clock((size - done) / rate) if rate else '?'
    state.counted = (live.Counted(name, unit, done, size, rate, left, note),)
    if moves():
      move(name, size, *first, done, note)
    elif line or (done < size and silent_for() >= EVERY):
      logging.info(
        '%s: %s%d of %d, %s%.1f a second, %s left', name, unit, done, size,
        note and f'{note}, ', rate, left,
      )  # fmt: skip
    if done >= size:
      close()

  return say


@contextlib.contextmanager
def doing(what, *, patience=SILENCE):
  """A context in which `what` goes on, said after `patience` s of silence."""
  entry = types.SimpleNamespace(
    what=what, began=time.monotonic(), patience=patience
  )
  stack.append(entry)
  try:
    yield
  finally:
    stack.remove(entry)
    close()


def compiling(name, call):
  """The jitted `call`, whose first call says that XLA compiles, if that is slow.

  A jitted function returns from its first call when it is compiled, and works
  on.
  """
  compiled = False

  @functools.wraps(call)
  def watched(*args, **kwargs):
    nonlocal compiled
    if compiled:
      return call(*args, **kwargs)
    began = time.monotonic()
    with doing(f'{name}: XLA compiles', patience=SLOW):
      result = call(*args, **kwargs)
    compiled, spent = True, time.monotonic() - began
    if spent >= SLOW:
      logging.info('%s: compiled in %.1f s', name, spent)
    return result

  return watched


def speak():
  """From now on log lines go above the moving one, and no silence is long."""
  handler = logging.get_absl_handler().python_handler
  emit = handler.emit

  def above(record):
    state.spoke = time.monotonic()
    state.lines.append(handler.format(record))
    with tqdm.tqdm.external_write_mode(file=sys.stderr):
      emit(record)

  handler.emit = above
  threading.Thread(target=keep_saying, daemon=True).start()


def keep_saying():
  """In a thread: moves the line each second, or ends a silence."""
  while True:
    time.sleep(SLOW)
    with lock:
      if moves():
        keep_moving()
      elif stack and silent_for() >= stack[-1].patience:
        stack[-1].patience = SILENCE
        spent = time.monotonic() - stack[-1].began
        so_far = f', for {spent:.0f} s so far' if spent > 2 * SLOW else ''
        logging.info('%s%s', stack[-1].what, so_far)


def keep_moving():
  """Draws the line anew: how far it is, or how long something has taken."""
  if state.bar is None and stack and silent_for() >= SLOW:
    state.bar = drawn(stack[-1].what, stack[-1].began, bar_format=WAIT)
  if state.bar is not None:
    state.bar.refresh()


def move(name, size, start, began, done, note):
  """Draws how far a stage is."""
  with lock:
    if state.bar is None or state.bar.desc != name:
      close()
      state.bar = drawn(name, began, total=size, initial=start, bar_format=BAR)
    state.bar.set_postfix_str(note, refresh=False)
    state.bar.update(done - state.bar.n)


def drawn(name, began, **options):
  """A line that moves, of what began at a time, and leaves nothing."""
  bar = tqdm.tqdm(
    desc=name, file=sys.stderr, leave=False, dynamic_ncols=True, unit='',
    smoothing=0,  # The mean rate since it began.
    **options,
  )  # fmt: skip
  bar.start_t += began - time.monotonic()
  return bar


def close():
  """Nothing moves any more."""
  with lock:
    if state.bar is not None:
      state.bar.close()
    state.bar = None


def moves():
  """Whether a line may move: on a terminal of some width, if we may speak."""
  if not (sys.stderr.isatty() and logging.level_info()):
    return False
  return os.get_terminal_size(sys.stderr.fileno()).columns > 0


def silent_for():
  """Seconds since a line was said."""
  return time.monotonic() - state.spoke


def clock(seconds):
  """Minutes and seconds, as 3:07; with hours, as 2:03:07."""
  minutes, seconds = divmod(int(seconds), 60)
  hours, minutes = divmod(minutes, 60)
  in_hours = f'{hours}:{minutes:02d}' if hours else f'{minutes}'
  return f'{in_hours}:{seconds:02d}'
