"""Your own pictures: a folder of them, or a .zip of one.

Classes are given by a table beside them, else a class is a folder: the first in
which the paths differ, less those that are called like splits. A picture's key
is its path; of a folder around all of an archive it says nothing.
"""

import pathlib

from prune_dm_jax.data import folders
from prune_dm_jax.data import given_labels
from prune_dm_jax.data import labelling
from prune_dm_jax.data import source
from prune_dm_jax.data import wrapped
from prune_dm_jax.data import zip_files

MOST_WORDS = 4
"""Tables of labels that the layout names."""


def open_folder(path):
  """The Source of a folder, or of a .zip which is read in place."""
  path = pathlib.Path(path)
  if path.is_dir():
    (found, bad), read, kind = folders.walk(path), folders.read, 'folder'
  elif path.suffix.lower() == '.zip' and path.is_file():
    (found, bad), read, kind = zip_files.walk(path), zip_files.read, '.zip'
  else:
    raise ValueError(f'{path}: there is no such folder, nor a .zip')
  if not found:
    raise ValueError(
      f'{path}: no picture in this {kind}; {", ".join(folders.SUFFIXES)} are '
      'known'
    )
  return opened(path, kind, found, bad, read)


def opened(path, kind, found, bad, read):
  """The Source of what was walked; bad is name -> why."""
  names = [name for name, _, _ in found]
  given, around = given_labels.given(path, names), ''
  if not path.is_dir():
    around = wrapped.around(path, names, given.folders)
    found, bad = wrapped.within(around, found, bad)
    names, given = [row[0] for row in found], given.within(around)
  sorted_out = labelling.labelled(names, given)
  bad = bad | given.bad | sorted_out.bad
  rows = zip(
    found, sorted_out.labels, sorted_out.held_out, sorted_out.left_out,
    strict=True,
  )  # fmt: skip
  examples = [
    source.Example(name, int(label), size, where, bool(held_out))
    for (name, where, size), label, held_out, left_out in rows
    if not left_out and name not in bad
  ]
  return source.Source(
    examples,
    read,
    layout=layout(kind, given, sorted_out, around),
    class_names=sorted_out.class_names,
    bad=bad,
  )


def layout(kind, given, sorted_out, around):
  """What was recognised and done, in a line."""
  of_folders = 'a class a folder' if sorted_out.class_names else 'no classes'
  words = [
    *([] if given.labels else [of_folders]),
    *given.words[:MOST_WORDS],
    *sorted_out.words,
    *([f'in keys without {around} around all'] if around else []),
  ]
  return f'{kind} of pictures, {"; ".join(words)}'
