"""Which tables beside pictures are pictures themselves, and which are notes on
those: labels with thumbnails, hashes, embeddings.

  metadata.parquet, or a column of their names      notes
  {bytes, path}, or bytes that begin like a picture pictures
"""

import io
import itertools
import os

from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data.tables import columns
from prune_dm_jax.data.tables import table_rows
from prune_dm_jax.data.walks import file_names

FIRST = 8
"""Rows that are looked at."""


def pictures(path):
  """Names of files in a folder that are pictures, or archives that may hold them."""
  names = itertools.chain.from_iterable(files for _, _, files in os.walk(path))
  packed = ('.tar', '.zip')
  return {n for n in names if file_names.is_picture(n) or n.endswith(packed)}


def is_note(file, room, beside):
  """Whether a table is about pictures of these names, or holds none.

  One that cannot be opened is none: it is refused, and not passed over.
  """
  try:
    schema = room.schema(file)
    first = lambda name: room.first(file, name, FIRST)
    texts = [f.name for f in schema if is_text(f.type)]
    if file.stem == 'metadata' or any(are_of(first(n), beside) for n in texts):
      return True
    can = [field for field in schema if columns.holds_files(field.type)]
    return not any(
      columns.IS.is_struct(columns.plain(field.type))
      or any(map(begins_like_a_picture, first(field.name)))
      for field in can
    )
  except (ValueError, KeyError, *table_rows.WRONG):
    return False


def is_text(kind):
  return columns.is_one(columns.plain(kind), columns.TEXT)


def are_of(names, beside):
  """Whether names, or None, are all of pictures beside the table."""
  files = {name.replace('\\', '/').rpartition('/')[2] for name in names if name}
  return bool(files) and files <= beside


def begins_like_a_picture(data):
  try:
    Image.open(io.BytesIO(data or b''), formats=decode.FORMATS).close()
  except Exception:  # Pillow's readers raise anything.
    return False
  return True
