"""Pictures in Arrow files: what Hugging Face's save_to_disk writes.

  state.json  data-00000-of-00002.arrow  dataset_info.json     one split
  dataset_dict.json  train/  test/                           such a folder each

state.json says which files are meant. They are mapped, not read, so that any
picture is at hand and memory holds none.
"""

import functools
import json
import pathlib

import pyarrow as pa

from prune_dm_jax.data.tables import columns
from prune_dm_jax.data.tables import table_files
from prune_dm_jax.data.tables import table_rows

STATE, INFO = 'state.json', 'dataset_info.json'
DICT = 'dataset_dict.json'
MAGIC, END = b'ARROW1', bytes.fromhex('ffffffff00000000')

SUFFIX = '.arrow'
number = table_rows.number


def splits(path):
  """split -> [files]; by state.json where it is, else by the files' names."""
  path = pathlib.Path(path)
  if (path / STATE).is_file():
    state = stated(path)
    split = state.get('_split')
    split = split.split('[')[0] if isinstance(split, str) else 'train'
    return {split: meant(path, state)}
  saved = {file.parent.name for file in path.glob(f'*/{STATE}')}
  if saved:
    of = {name: path / name for name in split_names(path, saved)}
    return {name: meant(folder, stated(folder)) for name, folder in of.items()}
  found = table_files.splits(path, SUFFIX)
  return {s: f for s, those in found.items() if (f := less_caches(those))}


def split_names(path, saved):
  """The splits that dataset_dict.json names, all saved; without it, all."""
  if not (path / DICT).is_file():
    return sorted(saved)
  said = columns.read_json((path / DICT).read_bytes())
  names = said.get('splits') if isinstance(said, dict) else None
  if not isinstance(names, list) or not names:
    raise ValueError(f'{path / DICT}: it names no `splits`')
  absent = [n for n in names if not isinstance(n, str) or n not in saved]
  if absent:
    raise ValueError(
      f'{path / DICT}: it names {absent[0]!r}, which is not there'
    )
  return names


def stated(folder):
  """What state.json says; a ValueError if it is torn or chooses among rows."""
  state = columns.read_json((folder / STATE).read_bytes())
  if not isinstance(state, dict) or '_data_files' not in state:
    raise ValueError(
      f'{folder / STATE}: it names no `_data_files`, so it is torn or not that '
      'of save_to_disk'
    )
  if state.get('_indices_data_files') or state.get('_indices_files'):
    raise ValueError(
      f'{folder / STATE}: its rows are chosen by a file of indices, which is '
      'not read; save the set again after flatten_indices()'
    )
  return state


def meant(folder, state):
  """The files that a state.json names, which must be beside it."""
  files = []
  listed = state['_data_files']
  for entry in listed if isinstance(listed, list) else [None]:
    name = entry.get('filename') if isinstance(entry, dict) else None
    if not isinstance(name, str) or pathlib.PurePath(name).name != name:
      raise ValueError(f'{folder / STATE}: {name!r} is no file beside it')
    if not (folder / name).is_file():
      raise ValueError(f'{folder / STATE}: it names {name}, which is not there')
    files.append(folder / name)
  return files


def less_caches(files):
  """Files less those that `datasets` keeps of its own work."""
  return [f for f in files if not f.name.startswith(('cache-', 'tmp'))]


def schema(file):
  """A file's schema; what it does not say, dataset_info.json beside it does."""
  schema, beside = opened(file).schema, pathlib.Path(file).parent / INFO
  if columns.features(schema) or not beside.is_file():
    return schema
  info = {'info': columns.read_json(beside.read_bytes(), None)}
  if info['info'] is None:
    raise ValueError(
      f'{beside}: not JSON, so it does not say what classes are called'
    )
  return schema.with_metadata({'huggingface': json.dumps(info)})


def first(file, column, number):
  """The first values of a column."""
  chunks = opened(file)[column].slice(0, number).chunks
  return [value for c in chunks for value in columns.bare(c).to_pylist()]


def groups(file, wanted):
  """One Table: the names of pictures, and labels."""
  table = opened(file).select(wanted)
  try:
    table.validate(full=True)
  except table_rows.WRONG as error:
    raise ValueError(f'{file}: damaged: {table_rows.said(error)}') from error
  image = wanted[0]
  chunks = [columns.bare(chunk) for chunk in table[image].chunks]
  if table.num_rows and table.num_rows == sum(map(nulls, chunks)):
    raise ValueError(
      f'{file}: its column {image!r} holds no pictures: no bytes'
    )
  named = [paths(chunk) for chunk in chunks] or [pa.nulls(0)]
  yield table.set_column(0, image, pa.chunked_array(named))


def nulls(array):
  """How many pictures of an array are none."""
  if columns.IS.is_struct(array.type):
    array = array.field('bytes')
  return array.null_count


def paths(array):
  """[N] structs of a path and nothing else, or nulls."""
  struct = columns.IS.is_struct(array.type)
  if not struct or array.type.get_field_index('path') < 0:
    return pa.nulls(len(array))
  return pa.StructArray.from_arrays([array.field('path')], ['path'])


def opened(file):
  """The Table of a file of either kind, mapped into memory."""
  return opened_once(str(file), table_rows.stamp(file))


@functools.lru_cache(maxsize=16)
def opened_once(file, stamp):
  del stamp
  try:
    with pa.memory_map(file) as mapped:
      if mapped.read(len(MAGIC)) == MAGIC:
        return pa.ipc.open_file(mapped).read_all()
      mapped.seek(0)
      table = pa.ipc.open_stream(mapped).read_all()
      end = mapped.tell()  # Zeros in a torn file end it as well.
      mapped.seek(mapped.size() - len(END))
      whole = end == mapped.size() and mapped.read() == END
  except table_rows.WRONG as error:
    raise ValueError(
      f'{file}: not an Arrow file, or a torn one: {table_rows.said(error)}'
    ) from error
  if not whole:
    raise ValueError(
      f'{file}: a torn Arrow file: its end mark is not at its end'
    )
  return table


def read(where):
  try:
    return table_rows.picture(opened(where.file)[where.image][where.row])
  except table_rows.WRONG as error:
    raise ValueError('damaged in its Arrow file') from error


found, rows = table_rows.readers(schema, groups)
