"""What becomes of a file that is not what was written: none is read, none is lost.

What every cell shares is moved aside and made again; what is a cell's own is
refused. A read error is no damage: it ends the run as what it is.
"""

import contextlib
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from absl import logging

from prune_dm_jax.run import digests
from prune_dm_jax.training import aside as aside_lib

AGAIN = 'restore it, or move {} aside and run main, which makes it again'
"""What helps, of any folder: all is made of what is given."""

LESS = 'restore it, or move it aside and do without'


def of(path):
  """(file, what is wrong) of all that is damaged of a folder, or a file."""
  if path.is_dir():
    return digests.damage(path)
  said = digests.why_not(path) if path.exists() else ''
  return [(path, said)] if said else []


def aside(path):
  """A name that is free, for what is moved there."""
  return aside_lib.free(path.with_name(path.name + digests.DAMAGED))


def set_aside(path):
  """Moves a damaged folder, or file, aside whole, so that it is made again."""
  for file, what in of(path)[:1]:
    where = aside(path)
    logging.warning(
      '%s is damaged (%s): %s is moved to %s, and made again',
      file, what, path.name, where.name,
    )  # fmt: skip
    path.rename(where)


def reopen(path):
  """Moves what is damaged in a folder aside; making it goes on with the rest."""
  begun, found = path.with_name(path.name + '.partial'), of(path)
  if not found or begun.exists():
    set_aside(path)
    return
  for file, what in found:
    where = aside(file)
    logging.warning(
      '%s is damaged (%s): it is moved to %s, and made again',
      file, what, where.name,
    )  # fmt: skip
    if file.exists():
      file.rename(where)
  path.rename(begun)


def drop(path, what):
  """Moves a file of rows that is damaged aside, so that it is written again."""
  where = aside(path)
  with contextlib.suppress(FileNotFoundError):  # Another process moved it.
    path.rename(where)
  raise ValueError(
    f'{path} is damaged ({what}): it is moved to {where.name}, and the same '
    'command writes it again'
  )


def refuse(path):
  """Raises ValueError naming what is damaged of what is a cell's own."""
  for file, what in of(path):
    raise ValueError(f'{file} is damaged ({what}); {AGAIN.format(path)}')


def check(path):
  """Raises ValueError if a file is not what was written, as the list has it."""
  what = digests.why_not(path)
  if what:
    note = path.name in digests.NOTES
    again = LESS if note else AGAIN.format(path.parent)
    raise ValueError(f'{path} is damaged ({what}); {again}')


def parsed(path, parse, kind):
  """parse() of a file that was read; ValueError if that fails."""
  try:
    return parse()
  except MemoryError:
    raise
  except Exception as error:  # Whatever a torn file makes of its reader.
    raise ValueError(
      f'{path} is torn, or no {kind}; {AGAIN.format(path.parent)}'
    ) from error


def content(path):
  """The bytes of a file that is what was written."""
  check(path)
  return path.read_bytes()


def read_json(path):
  data = content(path)
  return parsed(path, lambda: json.loads(data), 'JSON')


def read_array(path):
  data = io.BytesIO(content(path))
  return parsed(path, lambda: np.lib.format.read_array(data), 'array')


def read_arrays(path):
  """name -> array of an .npz."""
  data = io.BytesIO(content(path))
  return parsed(path, lambda: dict(np.load(data).items()), 'arrays')


def map_array(path):
  """An .npy whose rows are read from the disk where they are asked for."""
  check(path)
  path.open('rb').close()  # What cannot be opened is not torn.
  return parsed(path, lambda: np.load(path, mmap_mode='r'), 'array')


def read_table(path):
  """A .parquet as a pyarrow Table."""
  data = pa.BufferReader(content(path))
  return parsed(path, lambda: pq.read_table(data), 'table')


def noted(path, read=lambda path: json.loads(path.read_bytes())):
  """What read() makes of a note; {}, and a line, where it is damaged; or gone."""
  try:
    check(path)
    return parsed(path, lambda: read(path), 'note') if path.exists() else {}
  except ValueError:
    logging.warning('%s is damaged, and what it says left out', path)
    return {}


def leave_out(path):
  """Moves a note that is damaged aside, so that nobody believes it."""
  what = digests.why_not(path)
  if what:
    where = aside(path)
    logging.warning('%s is damaged (%s): moved to %s', path, what, where.name)
    path.rename(where)
