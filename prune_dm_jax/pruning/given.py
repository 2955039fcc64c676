"""Given: anyone's own scores, as they are in a file."""

import numpy as np


def scores(given, *, key):
  """The score of each example in the file that was given.

  Args:
    given: given [N] float64, finite.
    key: Of nothing: there is no chance in it.

  Returns:
    score [N], float32 if that leaves apart what differs, error [N] float32
    (NaN: there is none), group [N] int32 (all in one).
  """
  del key
  score = np.asarray(given['given'])
  with np.errstate(over='ignore'):
    narrow = score.astype(np.float32)
  as_many = len(np.unique(narrow)) == len(np.unique(score))
  if as_many and np.isfinite(narrow).all():
    score = narrow
  error = np.full(len(score), np.nan, np.float32)
  return score, error, np.zeros(len(score), np.int32)
