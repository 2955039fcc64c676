"""Noto emoji, of the npm package emoji-datasource-google: 64x64, in colour.

  emoji.json   img/google/64/*.png

A class is a category, among which numbers fall off with a long tail; an
emoji's skin tones are pictures of their own.
"""

import json
import pathlib

from prune_dm_jax.data import source
from prune_dm_jax.data.walks.folders import read

FOLDER = 'img/google/64'


def is_there(path):
  path = pathlib.Path(path)
  return (path / 'emoji.json').is_file() and (path / FOLDER).is_dir()


def open_emoji(path):
  path = pathlib.Path(path)
  if not is_there(path):
    raise ValueError(f'{path}: no emoji.json beside {FOLDER}')
  categories = listed(path)
  names = sorted(set(categories.values()))
  examples, bad = [], {}
  for name, category in categories.items():
    file = path / FOLDER / name
    if file.is_file():
      label, size = names.index(category), file.stat().st_size
      examples.append(source.Example(name, label, size, str(file)))
    else:
      bad[name] = 'listed in emoji.json, but not there'
  return source.Source(
    examples, read, layout='emoji-datasource-google', class_names=names,
    bad=bad,
  )  # fmt: skip


def listed(path):
  """file name -> category, of each emoji and of its skin tones."""
  try:
    entries = json.loads((path / 'emoji.json').read_bytes())
  except ValueError as error:
    raise ValueError(f'{path}/emoji.json: not JSON') from error
  try:
    return {
      one['image']: entry['category']
      for entry in entries
      for one in (entry, *entry.get('skin_variations', {}).values())
      if one['has_img_google']
    }
  except (KeyError, TypeError, AttributeError) as error:
    raise ValueError(
      f'{path}/emoji.json: not the list of emoji-datasource-google, of which each '
      'entry has image, category and has_img_google; name the folder of pictures '
      'itself to have them alone'
    ) from error
