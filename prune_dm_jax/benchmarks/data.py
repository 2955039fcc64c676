"""What it takes to select, and to open a large set of files, in seconds.

  prune-dm benchmark data [--pictures=200000 --scores=1220000 --clusters=1000]

select            of scores in clusters, and in as many clusters as scores
first, second     opening of a tree of tiny pictures, in folders of a thousand: the
                  first time each is decoded and hashed, the second time asked
                  when it was changed; below, what the second consists of
a_million         the second, for a million pictures
busy_a_million    of that, what a processor was busy with

The tree is of links to a few files, in a temporary folder, which is removed.
"""

import gc
import os
import pathlib
import tempfile
import time

import numpy as np
from PIL import Image

from prune_dm_jax import benchmarks
from prune_dm_jax.data import contents as contents_lib
from prune_dm_jax.data import contents_file
from prune_dm_jax.data import identity
from prune_dm_jax.data import image_folder
from prune_dm_jax.pruning import select

TOGETHER = 1000
"""Pictures in a folder."""


def options(argv):
  parser = benchmarks.parser(
    'data', __doc__, pictures=200_000, scores=1_220_000, clusters=1000
  )
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  found = dict(**vars(given), select=selection(given.scores, given.clusters))
  found['select_each_its_cluster'] = selection(given.scores, given.scores)
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    planted(folder / 'set', given.pictures)
    found['first'] = sum(opening(folder).values())
    busy = time.process_time()
    parts = opening(folder)
    busy = time.process_time() - busy
  found |= dict(second=sum(parts.values()), **parts)
  found['a_million'] = found['second'] / given.pictures * 1e6
  found['busy_a_million'] = busy / given.pictures * 1e6
  benchmarks.show(found, (int, float))


def selection(scores, clusters):
  """Seconds to keep half of some scores in clusters of about one size."""
  rng = np.random.default_rng(0)
  values, groups = rng.normal(size=scores), rng.integers(0, clusters, scores)
  began = time.perf_counter()
  select.select(
    values, groups,
    number=scores // 2, keep='middle', allocation='proportional', seed=0,
  )  # fmt: skip
  return time.perf_counter() - began


def planted(root, pictures):
  """A tree of 8 x 8 pictures, of which those of one folder are one file."""
  rng = np.random.default_rng(0)
  for first in range(0, pictures, TOGETHER):
    folder = root / f'{first // TOGETHER:06d}'
    folder.mkdir(parents=True)
    array = rng.integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(array).save(folder / '000.png')
    for i in range(1, min(TOGETHER, pictures - first)):
      os.link(folder / '000.png', folder / f'{i:03d}.png')


def opening(folder):
  """Seconds of each part of the opening of <folder>/set."""
  spent, began = {}, time.perf_counter()

  def passed(name):
    nonlocal began
    spent[name], began = time.perf_counter() - began, time.perf_counter()

  gc.disable()  # As a run does.
  source = image_folder.open_folder(folder / 'set')
  gc.freeze()
  gc.enable()
  passed('list')
  contents = contents_lib.blank(source)
  passed('ask_when_changed')
  contents_file.read(folder / 'table', contents)
  passed('read_table')
  if not contents.known.all():
    contents_lib.complete(contents, source)
    contents_file.write(folder / 'table', contents)
    passed('look_at_pictures')
  identity.of_contents(source.keys, contents.bytes, source.labels)
  passed('fingerprint')
  identity.split(source.keys, held_out=0.1, seed=0)
  passed('split')
  return spent
