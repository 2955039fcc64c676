"""What is at a path: layout, counts, classes, bad pictures, and what it costs.

  prune-dm data PATH [--name=imagenet] [--size=256] [--workers=N]

Every picture is decoded once, to say which cannot be; a later run or command looks
only at what has changed since. The last line is a sum: found = usable + bad + left
out. --name is a row of SOURCES, where the path's own names do not say which.
"""

import time

import numpy as np

from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import images
from prune_dm_jax.data import recognised
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.data.walks import reasons
from prune_dm_jax.run import checked
from prune_dm_jax.run import command_line

SAMPLE = 64
"""Pictures that the estimate is measured on."""

FEW = 64
"""Levels of 256, at most which say that the bits of a picture are fewer."""

CODE_BYTES = 32 * 32 * 2
"""Of a picture's latents: uint16 codes of 32 x 32."""


def options(argv):
  parser = command_line.parser('data', __doc__)
  parser.add_argument('path')
  names = [name for name in SOURCES if name not in EMBEDDED]
  parser.add_argument('--name', choices=names)
  parser.add_argument('--size', type=int, default=256, help='of the crop')
  parser.add_argument('--workers', type=int, default=0, help='0: all')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('data', describe, options(argv))


def describe(given):
  """Prints what is known at once, then what the full check finds."""
  if given.size < 1 or given.workers < 0:
    raise ValueError(
      f'--size={given.size} is at least 1, --workers={given.workers} at least 0'
    )
  name = given.name or recognised(given.path)
  source = SOURCES[name](given.path)
  print(f'data.name    {name}\nlayout       {source.layout}')
  seconds, levels = cost(source, given.size)
  source, cropped = readable(source, given)
  if not len(source):
    why = reasons.of(source)
    raise ValueError(
      f'{given.path}: none of its pictures can be read: {why or "there is none"}'
    )
  for line in lines(source, seconds, given.size):
    print(line)
  print(of_crop(cropped, len(source)), *of_levels(levels), sep='\n')
  print(*reasons.lines(source), sep='\n')


def readable(source, given):
  """The source without what is bad, and how many the crop takes much of."""
  if not isinstance(source, source_lib.Source):  # In memory.
    every = map(source.image, range(len(source)))
    return source, sum(map(images.loses_much, every))
  source, shapes = checked.without_workdir(
    source, given.path, workers=given.workers
  )
  return source, int(images.far_from_square(*shapes.T).sum())


def cost(source, size):
  """Of a sample: mean seconds to read and crop one, and [n] levels used."""
  some = np.linspace(0, len(source) - 1, min(SAMPLE, len(source))).astype(int)
  spent, levels = [], []
  for i in some:
    began = time.perf_counter()
    try:
      image = source.image(i)
      images.center_crop(image, size)
    except ValueError:
      continue
    spent.append(time.perf_counter() - began)
    levels.append(images.levels(image))
  return float(np.mean(spent)) if spent else float('nan'), levels


def of_levels(levels):
  """A line, if some of a sample use few of 256 levels."""
  few = [n for n in levels if n <= FEW]
  if few:
    yield (
      f'levels       at most {max(few)} of 256 are used in {len(few)} of '
      f'{len(levels)} sampled: dark, flat, or of fewer bits than they say'
    )


def of_crop(cropped, total):
  hint = '; --config.data.crop=letterbox keeps them whole' if cropped else ''
  return (
    f'crop         {cropped:,} of {total:,} lose more than a third of their '
    f'area{hint}'
  )


def lines(source, seconds, size):
  """The description, a line each."""
  total = len(source)
  held_out = int(source.held_out.sum())
  yield f'pictures     {total:,}'
  yield (
    f'held out     {held_out:,}, named by the set'
    if held_out
    else 'held out     by config.data.held_out, by hash of the key'
  )
  yield from classes(source)
  yield f'fingerprint  {source.fingerprint}'
  yield (
    f'decoding     {1e3 * seconds:.1f} ms a picture, cropped to {size}: '
    f'{total * seconds / 60:.1f} minutes of one processor'
  )
  yield f'latents      {total * CODE_BYTES / 1e9:.3f} GB as codes of 32 x 32'
  yield f'bad          {reasons.number_bad(source)}'
  for key, why in sorted(source.bad.items()):
    yield f'  {key}: {why}'


def classes(source):
  """The number of classes, the largest and the smallest."""
  names = source.class_names
  if not names:
    yield 'classes      none'
    return
  labels = source.labels[source.labels >= 0]
  counts = np.bincount(labels, minlength=len(names))
  order = np.argsort(-counts, kind='stable')
  shown = order if len(order) <= 10 else [*order[:3], *order[-3:]]
  yield f'classes      {len(names)}'
  for c in shown:
    yield f'  {counts[c]:>9,}  {names[c]}'
  if len(labels) < len(source):
    yield f'  {len(source) - len(labels):>9,}  of no class'
