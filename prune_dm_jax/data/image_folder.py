"""Your own pictures: a folder of them, or a .zip or .tar of one.

Classes are given by a table beside them, else a class is a folder: the first in
which the paths differ, less those that are called like splits. A picture's key
is its path; of a folder around all of an archive it says nothing.
"""

import contextlib
import functools
import pathlib

from prune_dm_jax.data import source
from prune_dm_jax.data import tables
from prune_dm_jax.data.labels import class_labels
from prune_dm_jax.data.labels import given_labels
from prune_dm_jax.data.labels import masks
from prune_dm_jax.data.labels import split_lists
from prune_dm_jax.data.labels import wrapped
from prune_dm_jax.data.walks import reasons
from prune_dm_jax.data.walks import tree
from prune_dm_jax.data.walks import walked

MOST_WORDS = 4
"""Tables of labels that the layout names."""

BESIDE = 'a picture beside tables of pictures'


def open_folder(path):
  """The Source of a folder, or of a .zip or .tar which is read in place."""
  path, there = pathlib.Path(path), None
  with contextlib.suppress(ValueError):  # Said below, if no table is there.
    there = tree.walk(path)
  if not holds_only_pictures(there) and (of := tables.layout_of(path)):
    return with_pictures_beside(tables.open_tables(path, of), there)
  return of_pictures(path, there or tree.walk(path))


def with_pictures_beside(source, there):
  """A Source of tables that counts the pictures of a Tree, or None, beside them."""
  for name, _, size in there.walked.found if there else ():
    walked.add(source.left_out, BESIDE, walked.Count(1, size, name))
  return source


def holds_only_pictures(there):
  """Whether nothing in a Tree, or None, could be a table."""
  if there is None:
    return False
  found, bad, left_out = there.walked
  return bool(found) and not bad and not left_out


def of_pictures(path, there):
  """The Source of a Tree."""
  kind, found, read = there
  if not found.found:
    raise ValueError(reasons.none(path, kind, found))
  names = [name for name, _, _ in found.found]
  given, around = given_labels.given(path, names, found.left_out), ''
  found, masked = without_masks(found, given.labels)
  names = [name for name, _, _ in found.found]
  if not path.is_dir():
    around = wrapped.around(path, names, given.used)
    found, given = wrapped.within(around, found), given.within(around)
    names = [name for name, _, _ in found.found]
  lists = functools.partial(split_lists.given, path, around=around)
  sorted_out = class_labels.labelled(names, given, lists)
  bad = found.bad | given.bad | sorted_out.bad
  return source.Source(
    examples(found.found, sorted_out, bad),
    read,
    layout=layout(kind, given, sorted_out, around),
    class_names=sorted_out.class_names,
    bad=bad,
    left_out=walked.together(
      walked.less(found.left_out, given.used | sorted_out.used),
      of_no_class(found.found, sorted_out.left_out),
    ),
    aside=sorted_out.left_out | masked,
    around=around,
    listed=bool(sorted_out.used),
  )


def without_masks(found, labels):
  """The Walked without masks that are named after pictures, and in no table;
  name -> why.
  """
  names = [name for name, _, _ in found.found]
  masked = dict.fromkeys(masks.of_files(names), masks.BESIDE)
  masked = masked or dict.fromkeys(masks.twice(names), masks.TWICE)
  masked = {name: why for name, why in masked.items() if name not in labels}
  if not masked:
    return found, {}
  left = [row for row in found.found if row[0] not in masked]
  out = walked.together(found.left_out, of_no_class(found.found, masked))
  return found._replace(found=left, left_out=out), masked


def examples(found, sorted_out, bad):
  """The Examples among what was found."""
  labels, held_out = sorted_out.labels.tolist(), sorted_out.held_out.tolist()
  rows = zip(found, labels, held_out, strict=True)
  out, new = {*bad, *sorted_out.left_out}, tuple.__new__
  # Example(...) would take 0.3 s a million longer.
  return [
    new(source.Example, (name, label, size, where, held))
    for (name, where, size), label, held in rows
    if name not in out
  ]


def of_no_class(found, left_out):
  """reason -> Count of the pictures in left_out, name -> reason."""
  counts = {}
  for name, _, size in found if left_out else ():
    if name in left_out:
      count = walked.Count(1, size, name)
      walked.add(counts, left_out[name], count)
  return counts


def layout(kind, given, sorted_out, around):
  """What was recognised and done, in a line."""
  of_folders = 'a class a folder' if sorted_out.class_names else 'no classes'
  words = [
    *([] if given.labels else [of_folders]),
    *given.words[:MOST_WORDS],
    *sorted_out.words,
    *([f'keys leave {around} away, which is around all'] if around else []),
  ]
  return f'{kind} of pictures, {"; ".join(words)}'
