"""The file of each picture, by its path within the folder or archive of the data.

A key is not always that path: of ImageNet it is the official number, and of an
archive it has no folder that is around all.
"""

import os

from prune_dm_jax.data.walks import tree


def within(chosen):
  """[M] paths with /, of what is kept in a folder, a .zip or a .tar."""
  names = everyone(chosen)
  return [names[i] for i in chosen.kept]


def beside(chosen, file):
  """As `within`, from the folder that a file is in, if that is one of the data's.

  Such is kept/train/metadata.jsonl, of a kept/ that has what is in train/.
  """
  names, first = within(chosen), f'{file.parent.name}/'
  if not names or (file.parent / names[0]).exists():
    return names
  inside = all(name.startswith(first) for name in names)
  return [name.removeprefix(first) for name in names] if inside else names


def everyone(chosen):
  """[N] paths with /, of all pictures in a folder, a .zip or a .tar.

  Raises:
    ValueError: The data are no files.
  """
  places = chosen.source.places() if has_places(chosen) else ()
  if places and all(isinstance(p, os.PathLike) for p in places):
    return [relative(place, chosen.root) for place in places]
  if places and chosen.root.suffix.lower() in tree.ARCHIVES:
    found = tree.walk(chosen.root).walked.found
    names = {where: name for name, where, _ in found}
    return [names[place] for place in places]
  raise ValueError(
    f'{no_files(chosen)}: its pictures have no paths; --to=txt names them by '
    'their keys'
  )


def paths(chosen):
  """[M] paths of the files of a folder; and as `within`.

  Raises:
    ValueError: The data are no folder of files.
  """
  if not chosen.root.is_dir():
    raise ValueError(
      f'{no_files(chosen)}: links and copies are made of files in folders; '
      'unpack it, and prune that'
    )
  names = within(chosen)
  places = chosen.source.places()
  return [os.path.abspath(places[i]) for i in chosen.kept], names


def has_places(chosen):
  return hasattr(chosen.source, 'places')


def no_files(chosen):
  where = f'{chosen.root} ({chosen.name})'
  return where if has_places(chosen) else f'{chosen.name}, in memory'


def relative(place, root):
  """The path of a file as seen from the folder of the data, with /.

  Raises:
    ValueError: It leads out of that, as would what is made under it.
  """
  name = os.path.relpath(place, root).replace(os.sep, '/')
  if name.partition('/')[0] == os.pardir:
    raise ValueError(
      f'{place} is outside the data, {root}, so that it has no path in it; '
      '--to=txt names the keys'
    )
  return name
