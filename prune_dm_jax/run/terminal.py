"""What is printed is text: a name of someone's file commands no terminal.

A name may have escapes that clear the screen or set its title, marks that turn
the order of letters, or bytes that are no UTF-8: they are printed as Python
writes them, as \\x1b.
"""

import atexit
import contextlib
import logging
import os
import re
import sys
import warnings

COMMANDS = re.compile(
  '[\x00-\x08\x0b-\x1f\x7f-\x9f'
  '\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]'
)


def shown(text):
  """A text whose control characters, line feed and tab aside, are escaped."""
  return COMMANDS.sub(lambda found: ascii(found[0])[1:-1], text)


class Stream:
  """A stream of text to which what is `shown` is written."""

  def __init__(self, stream):
    self.stream = stream

  def write(self, text):
    return self.stream.write(shown(text))

  def __getattr__(self, name):
    return getattr(self.stream, name)


def open_closed():
  """Streams that a shell has closed, as by >&-, lead nowhere from now on.

  Else the next file that is opened would have their number.
  """
  for name, mode in (('stdin', 'r'), ('stdout', 'w'), ('stderr', 'w')):
    if getattr(sys, name) is None:
      setattr(sys, name, open(os.devnull, mode))


def be_silent_at_the_end():
  """Warnings, as of what TensorStore never came to, lead nowhere.

  While it ends, Python forgets filters, and writes to the stream that it began with.
  """
  warnings.simplefilter('ignore')
  nowhere = lambda: setattr(sys, '__stderr__', open(os.devnull, 'w'))
  atexit.register(nowhere)


def printing():
  """A context in which what is printed is `shown`."""
  return contextlib.redirect_stdout(Stream(sys.stdout))


class Formatter(logging.Formatter):
  """Of log lines, which are `shown`."""

  def format(self, record):
    return shown(super().format(record))
