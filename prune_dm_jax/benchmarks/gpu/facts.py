"""What a part of `prune-dm benchmark gpu` found: lines of JSON in OUT.

Each is written as it is known, so that a part that is ended loses none.
"""

import contextlib
import json
import pathlib
from typing import NamedTuple

RESULTS = 'results.jsonl'


class Part(NamedTuple):
  """A part that is measured, whether tinily, and where its lines go."""

  name: str
  tiny: bool
  out: pathlib.Path


def say(part, what, **found):
  """Prints and keeps one line; numbers have four digits."""
  line = json.dumps({'part': part.name, 'what': what, **found}, default=float)
  line = json.dumps(short(json.loads(line)))
  print(line, flush=True)
  with open(part.out / RESULTS, 'a') as file:
    file.write(line + '\n')


def short(found):
  """The same, its numbers with four digits."""
  if isinstance(found, dict):
    return {name: short(value) for name, value in found.items()}
  return float(f'{found:.4g}') if isinstance(found, float) else found


@contextlib.contextmanager
def attempt(part, what, **found):
  """What fails in here is a line, and the part goes on."""
  try:
    yield
  except Exception as error:  # Whatever XLA, cuDNN and torch raise.
    say(part, what, **found, failed=first_words(error))


def first_words(error):
  """At most 300 characters of what an error says, on one line."""
  return f'{type(error).__name__}: {" ".join(str(error).split())}'[:300]


def read(out, start=0):
  """The lines of OUT from a byte on."""
  path = out / RESULTS
  if not path.exists():
    return []
  return [json.loads(line) for line in path.read_bytes()[start:].splitlines()]


def size(out):
  """How many bytes the lines of OUT have."""
  path = out / RESULTS
  return path.stat().st_size if path.exists() else 0
