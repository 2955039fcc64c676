"""The sets that are compared: opened once, and checked against each other before
anything is computed.
"""

import functools
import pathlib
from typing import Any
from typing import NamedTuple

from absl import logging

from prune_dm_jax.data import images
from prune_dm_jax.data import pictures as pictures_lib
from prune_dm_jax.data.walks import reasons
from prune_dm_jax.features import at_hand
from prune_dm_jax.features import of_width
from prune_dm_jax.metrics import statistics
from prune_dm_jax.run import checked
from prune_dm_jax.run import progress
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import leaks
from prune_dm_jax.stages import pairs

RAW = 32
"""Pixels a side up to which pictures are judged by raw pixels unasked."""

WIDEST = 2**14
"""Features whose covariance fits into memory: 2 GiB, and a few of them."""

FEWEST = {'generated': 6, 'reference': 6, 'training': 2, 'same_noise': 2}
"""Pictures of a set: density asks for the fifth neighbour of each."""

RESIZE = f'--resize={"|".join(images.CROPS)} brings all to one size'


class Set(NamedTuple):
  path: pathlib.Path
  pictures: Any
  """Pictures; None where the file has but moments."""
  moments: Any = None
  """Mean and covariance that are in the file, or None."""
  input: str = ''
  """How Inception was shown what these are of; '' where it is not said."""


def opened(path, workdir, *, most):
  """The Set at a path, with a line for what of it is not counted, or twice.

  Args:
    path: Of pictures, or of an .npz of statistics.
    workdir: Where the check that pictures can be read is kept.
    most: The share of them that may be left out.
  """
  moments = statistics.read(path) if statistics.are_in(path) else None
  shown = statistics.input_of(path) if moments else ''
  if moments and not pictures_lib.are_in(path):
    return Set(path, None, moments, shown)
  found = pictures_lib.open_pictures(
    path,
    check=lambda source: checked.source(source, path, workdir),
    counter=functools.partial(progress.counter, f'reading {path}'),
  )
  given = Set(path, found, moments, shown)
  tell(given, most)
  return given


def tell(given, most):
  """Says what is left out and what is there twice; refuses if it is too much."""
  path, pictures, source = given.path, given.pictures, given.pictures.source
  bad = reasons.number_bad(source) if source else 0
  total = bad + len(pictures)
  if bad > most * total:
    raise ValueError(
      f'{path}: {bad} of {total} pictures cannot be used, more than '
      f'--max_bad={most:g} of them: {reasons.of(source)}'
    )
  if source and reasons.of(source):
    logging.warning('%s: left out: %s', path, reasons.of(source))
  if source and source.held_out.any():
    logging.warning(
      '%s: %d of its %d pictures are held out by the set, and taken as the '
      'others are; give the folder of one split if it is meant (%s)',
      path, source.held_out.sum(), len(source), source.layout,
    )  # fmt: skip
  leaks.tell([leaks.counted('', '', given, given)])


def check(sets, judge, *, side, unasked, weights):
  """Raises ValueError if these sets cannot be compared, before any is seen.

  Args:
    sets: role -> Set.
    judge: The Judge.
    side: What pictures are brought to; 0, if they stay as they are.
    unasked: Whether the judge is raw pixels because none was named.
    weights: The folder of published weights.

  Returns:
    [H, W, C] that each picture is shown to the judge in.
  """
  check_numbers(sets)
  shown = {r: s for r, s in sets.items() if s.pictures}
  if not judge.shape:
    check_channels(shown)
  if not judge.shape and not side:
    check_sizes(shown)
  shape = shape_of(shown, judge, side)
  alone = sets['reference']
  if alone.moments and not alone.pictures:
    check_moments(alone, judge, shape)
  check_width(shown, judge, shape, unasked=unasked, weights=weights)
  return shape


def shape_of(sets, judge, side):
  """[H, W, C] that a judge is shown pictures in."""
  generated = sets['generated'].pictures
  if not judge.shape:
    height, width = (side, side) if side else next(iter(generated.sizes))
    return height, width, generated.channels
  for given in sets.values():
    if given.pictures.channels > judge.shape[-1]:
      raise ValueError(
        f'{given.path}: pictures of {given.pictures.channels} channels; the '
        f'{judge.name} sees {judge.shape[-1]}'
      )
  return judge.shape


def check_numbers(sets):
  by_moments = not sets['reference'].pictures
  for role, given in sets.items():
    least = min(FEWEST[role], 2 if by_moments else 6)
    if given.pictures and len(given.pictures) < least:
      raise ValueError(
        f'{given.path}: {len(given.pictures)} pictures that can be used; '
        f'{least} are the fewest that can be compared'
      )
  number = len(sets['generated'].pictures)
  same = sets.get('same_noise')
  if same and len(same.pictures) != number:
    raise ValueError(
      f'{same.path}: {len(same.pictures)} pictures, and {number} of '
      f'{sets["generated"].path}; those of the same noise must pair up'
    )
  if same:
    pairs.order(sets['generated'], same)


def check_channels(sets):
  first = sets['generated']
  for given in sets.values():
    if given.pictures.channels != first.pictures.channels:
      raise ValueError(
        f'{first.path} has pictures of {colours(first)}, {given.path} of '
        f'{colours(given)}; bring both to one number of channels'
      )


def colours(given):
  number = given.pictures.channels
  return '1 channel (grey)' if number == 1 else f'{number} channels (colour)'


def check_sizes(sets):
  """Raises ValueError if not all pictures of all sets are of one size."""
  (height, width), *_ = sets['generated'].pictures.sizes
  for given in sets.values():
    (first, key), *others = given.pictures.sizes.items()
    for size, other in others:
      raise ValueError(
        f'{given.path}: {key} is {by(*first)} and {other} {by(*size)}; {RESIZE}'
      )
    if first != (height, width):
      raise ValueError(
        f'{sets["generated"].path} has pictures of {by(height, width)}, '
        f'{given.path} of {by(*first)}; {RESIZE}'
      )


def by(height, width):
  return f'{width} x {height}'


def check_width(sets, judge, shape, *, unasked, weights):
  """Raises ValueError if raw pixels are too many features."""
  height, width, channels = shape
  path, size = sets['generated'].path, height * width * channels
  pixels = f'{path}: pictures of {by(height, width)} are {size:,} raw pixels'
  ways = (
    f'--judge=CELL, or --resize=center --size={RAW}, or a network: '
    f'{at_hand.offer(weights)}'
  )
  if unasked and height * width > RAW**2:
    raise ValueError(
      f'{pixels}, and no more than {RAW} x {RAW} are judged by them unasked; '
      f'name {ways}'
    )
  if judge.name == 'pixels' and size > WIDEST:
    raise ValueError(
      f'{pixels}, and a covariance of them would be {8 * size**2 / 2**30:,.0f} '
      f'GiB; name {ways}'
    )


def check_moments(given, judge, shape):
  """Raises ValueError if statistics are not of what the judge sees."""
  sentence = why_no_moments(given, judge, shape)
  if sentence:
    raise ValueError(sentence)


def why_no_moments(given, judge, shape):
  """Why the statistics in a file are of other features, or ''."""
  own, sees = len(given.moments[0]), judge_lib.width(judge, shape)
  if own == sees:
    return shown_otherwise(given, judge)
  names = [f'--backbone={name}' for name in of_width(own)]
  which = f', as many as {" and ".join(names)} has' if names else ''
  name = 'raw pixels' if judge.name == 'pixels' else judge.name
  return (
    f'{given.path}: its statistics are of {own} features{which}; by {name} '
    f'pictures of {by(*shape[:2])} have {sees}'
  )


def shown_otherwise(given, judge):
  """Why statistics of Inception are of pictures shown to it otherwise, or ''."""
  if given.input == judge.input or not judge.input:
    return ''
  if not given.input:
    return (
      f'{given.path}: its mu and sigma do not say how Inception was shown '
      'pictures, on which they depend; name --backbone=inception with '
      '--resize=torch if pytorch-fid made them, --resize=clean if clean-fid, '
      '--resize=tf1 if TensorFlow, ADM or this program'
    )
  return (
    f'{given.path}: its statistics are of Inception with --resize={given.input}, '
    f'not {judge.input}'
  )
