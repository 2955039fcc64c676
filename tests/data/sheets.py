"""Small tables of pictures, as anyone might have written them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
from photographs import crop
from photographs import encoded

from prune_dm_jax.data import image_folder

BYTES = [encoded(crop(i)[:16, :16], 'PNG') for i in range(6)]
FILES = [{'bytes': data, 'path': f'{i}.png'} for i, data in enumerate(BYTES)]
LABELS = [0, 1, 2, 0, 1, 2]
NAMED = {'label': {'_type': 'ClassLabel', 'names': ['ant', 'bee', 'cat']}}


def table(**columns):
  return pa.table({'image': FILES, 'label': LABELS} | columns)


def featured(given, features):
  """A table that says what Hugging Face says of its columns."""
  said = json.dumps({'info': {'features': features}})
  return given.replace_schema_metadata({'huggingface': said})


def put(folder, files):
  """Writes name -> Table, bytes, or what is to be JSON; returns the folder."""
  for name, given in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(given, pa.Table):
      write = stream if path.suffix == '.arrow' else pq.write_table
      write(given, path)
    else:
      raw = isinstance(given, bytes)
      path.write_bytes(given if raw else json.dumps(given).encode())
  return folder


def stream(given, path):
  with pa.ipc.new_stream(str(path), given.schema) as writer:
    writer.write_table(given, max_chunksize=4)


def opened(folder, files):
  return image_folder.open_folder(put(folder, files))
