"""Moments of a reference: those of its file if they fit, else of its pictures."""

from absl import logging

from prune_dm_jax.metrics import statistics
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import sets as sets_lib


def of(reference, folders, judge, shape):
  """The reference's moments: of the file, if they fit, else of its pictures."""
  if not reference.moments:
    return {'reference_moments': judge_lib.moments(folders['reference'])}
  if not reference.pictures:
    return {'reference_moments': reference.moments}
  why = sets_lib.why_no_moments(reference, judge, shape)
  if why:
    logging.warning(
      '%s: all numbers are by comparison with its %d pictures',
      why, len(reference.pictures),
    )  # fmt: skip
    return {'reference_moments': judge_lib.moments(folders['reference'])}
  logging.info(
    '%s: the Fréchet distance is to its mu and sigma, the rest by comparison '
    'with its %d pictures',
    reference.path, len(reference.pictures),
  )  # fmt: skip
  return {'reference_moments': reference.moments, 'of_file': True}


def write(path, moments, judge):
  """An .npz of both, and of how Inception was shown what they are of."""
  about = {'input': judge.input} if judge.input else {}
  statistics.write(path, *moments, **about)
