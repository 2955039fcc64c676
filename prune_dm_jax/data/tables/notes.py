"""Which tables beside pictures are pictures themselves, and which are notes on
those: labels with thumbnails, hashes, embeddings.

  {bytes, path} in a column         pictures, unless it names those beside it
  bytes that begin like a picture   likewise
"""

import io
import itertools
import os

from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data.labels import other_tables
from prune_dm_jax.data.tables import columns
from prune_dm_jax.data.tables import table_rows
from prune_dm_jax.data.walks import file_names

PACKED = ('.tar', '.zip')
"""Archives, which may hold pictures."""

FIRST = 8
"""Rows that are looked at."""


def pictures(path):
  """Names, without folders, of the pictures and archives in a folder."""
  names = itertools.chain.from_iterable(files for _, _, files in os.walk(path))
  return {n for n in names if file_names.is_picture(n) or n.endswith(PACKED)}


def is_note(file, room, beside):
  """Whether a table is about pictures of these names, and holds none.

  One that cannot be opened is none: it is refused, and not passed over.
  """
  try:
    schema = room.schema(file)
    named = names_in(schema)
    if named and (
      file.stem == 'metadata' or are_of(room.first(file, named, FIRST), beside)
    ):
      return True
    can = [f for f in schema if columns.holds_files(f.type)]
    return not any(is_picture(file, room, field) for field in can)
  except (ValueError, *table_rows.WRONG):
    return False


def names_in(schema):
  """The column that may name pictures, or ''."""
  texts = {
    field.name.strip().casefold(): field.name
    for field in schema
    if columns.is_one(columns.plain(field.type), columns.TEXT)
  }
  return next((texts[name] for name in other_tables.NAME if name in texts), '')


def are_of(names, beside):
  """Whether names, or None, are all of pictures beside the table."""
  stems = {*map(other_tables.stem, beside)}
  named = {other_tables.stem(n.replace('\\', '/')) for n in names if n}
  return bool(named) and named <= stems


def is_picture(file, room, field):
  """Whether a column holds pictures, by its type or by how its first begin."""
  if columns.IS.is_struct(columns.plain(field.type)):
    return True
  return any(map(begins_like_one, room.first(file, field.name, FIRST)))


def begins_like_one(data):
  try:
    Image.open(io.BytesIO(data or b''), formats=decode.FORMATS).close()
  except Exception:  # Pillow's readers raise anything.
    return False
  return True
