"""The loader: latents from the cache, and pictures decoded, a second.

latents_a_second    rows of codes and labels of the ImageNet of the paper, 32 x 32
                    in 16 bits, shuffled, in batches of 256, as training reads
                    them: each held against its sum
unsummed_a_second   the same rows, of files that have no sums
summed_over_unsummed  the first over the second, of each round
cache_over_paper    the first, over the images a second that the paper's run
                    consumed: 120,000 steps of 256 in 20 hours
pictures_a_second   JPEGs of 500 x 375, decoded and cropped to 256, by one core

The cache is made in a temporary folder, in files as a run's latents are, and read
through memory maps. Medians of rounds in which all take turns.
"""

import functools
import io
import pathlib
import tempfile
import time

import numpy as np
from PIL import Image

from prune_dm_jax import benchmarks
from prune_dm_jax.data import decode
from prune_dm_jax.data import images
from prune_dm_jax.data import loader
from prune_dm_jax.data import shards

PAPER = 120_000 * 256 / (20 * 3600)
"""Images a second, on four H100."""

RATES = 'latents_a_second', 'unsummed_a_second', 'pictures_a_second'
SIDE = 32
SHAPE = 375, 500


def options(argv):
  parser = benchmarks.parser(
    'loader', __doc__, examples=200_000, batch_size=256, seconds=10,
    pictures=100, rounds=5,
  )  # fmt: skip
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  with tempfile.TemporaryDirectory() as folder:
    summed = cache(pathlib.Path(folder, 'summed'), given.examples)
    unsummed = without_sums(summed, pathlib.Path(folder, 'unsummed'))
    rates = np.array(
      [turn(summed, unsummed, given) for _ in range(given.rounds)]
    )
  found = dict(zip(RATES, np.median(rates, axis=0).tolist(), strict=True))
  found = dict(
    **vars(given),
    **found,
    summed_over_unsummed=float(np.median(rates[:, 0] / rates[:, 1])),
    cache_over_paper=found['latents_a_second'] / PAPER,
  )
  benchmarks.show(found, (int, float))


def turn(summed, unsummed, given):
  """One round: RATES."""
  rates = [latents(paths, given) for paths in (summed, unsummed)]
  return [*rates, pictures(given.pictures)]


def cache(folder, examples):
  """Files of codes [N, 32, 32] and labels [N], as the latents of a run have."""
  rng = np.random.default_rng(0)
  paths = {'codes': folder / 'codes', 'label': folder / 'label.npy'}
  paths['codes'].mkdir(parents=True)
  for name, first, end in shards.ranges(examples):
    codes = rng.integers(0, 2**14, (end - first, SIDE, SIDE), np.uint16)
    np.save(paths['codes'] / name, codes)
    with open(shards.sums_of(paths['codes'] / name), 'wb') as file:
      np.save(file, shards.sums(codes))
  np.save(paths['label'], rng.integers(0, 1000, examples, np.int32))
  return paths


def without_sums(paths, folder):
  """The same files in a folder of links, which has no sums."""
  folder.mkdir()
  for path in paths['codes'].glob('*.npy'):
    (folder / path.name).symlink_to(path)
  return {**paths, 'codes': folder}


def latents(paths, given):
  """Rows a second, after the first batch."""
  batches = loader.batches(
    np.arange(given.examples),
    functools.partial(loader.rows, paths),
    batch_size=given.batch_size,
    seed=0,
  )
  next(batches)
  began, rows = time.perf_counter(), 0
  while time.perf_counter() - began < given.seconds:
    rows += len(next(batches)['label'])
  return rows / (time.perf_counter() - began)


def pictures(number):
  """JPEGs a second, of crops of real photographs."""
  from sklearn.datasets import load_sample_images

  photographs = load_sample_images().images
  files = []
  for i in range(number):
    file = io.BytesIO()
    top, left = i % 52, 7 * i % 140
    crop = photographs[i % 2][top : top + SHAPE[0], left : left + SHAPE[1]]
    Image.fromarray(crop).save(file, 'JPEG', quality=90)
    files.append(file.getvalue())
  began = time.perf_counter()
  for data in files:
    images.center_crop(decode.picture(data), 256)
  return number / (time.perf_counter() - began)
