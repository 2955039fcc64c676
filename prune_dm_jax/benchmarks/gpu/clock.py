"""How long a call takes that only dispatches what a device does."""

import time

import jax

MOST = 50
"""Calls, at most."""


def steadily(call, *, at_least=1.5, warm=2):
  """Seconds a call until it is done, and until it returns.

  Args:
    call: () -> arrays to wait for.
    at_least: Seconds to measure for, if that takes no more calls than MOST.
    warm: Calls before.
  """
  for _ in range(warm):
    jax.block_until_ready(call())
  one = whole(call)
  number = max(3, min(MOST, int(at_least / max(one, 1e-4))))
  began = time.perf_counter()
  for _ in range(number):
    out = call()
  returned = time.perf_counter() - began
  jax.block_until_ready(out)
  return (time.perf_counter() - began) / number, returned / number


def whole(call):
  """Seconds of one call, until it is done."""
  began = time.perf_counter()
  jax.block_until_ready(call())
  return time.perf_counter() - began
