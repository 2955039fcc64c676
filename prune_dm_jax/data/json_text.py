"""JSON that others wrote, and in a sentence what is wrong with it."""

import collections
import json


def parsed(text, file, line=1):
  """What a JSON text says.

  Args:
    text: The text.
    file: What it is called in the sentence.
    line: At which line of the file it begins.

  Raises:
    ValueError: What is wrong, in which line.
  """
  try:
    return json.loads(text, object_pairs_hook=once)
  except json.JSONDecodeError as error:
    raise ValueError(
      f'{file}: line {error.lineno + line - 1} is torn, or not JSON: '
      f'{error.msg}'
    ) from error
  except RecursionError as error:
    raise ValueError(f'{file}: too many brackets within brackets') from error
  except ValueError as error:
    raise ValueError(
      f'{file}: from line {line} on, {" ".join(str(error).split())}'
    ) from error


def once(pairs):
  """A JSON object, none of whose names is there twice."""
  found = dict(pairs)
  if len(found) < len(pairs):
    names = collections.Counter(name for name, _ in pairs)
    name = short(names.most_common(1)[0][0])
    raise ValueError(f'{name} is there twice in one object')
  return found


def short(value):
  return f'{repr(value)[:60]}'
