"""Mean and covariance as files: `mu` and `sigma`, as pytorch-fid and ADM do."""

import io
import zipfile

import numpy as np


def write(path, mean, covariance, **about):
  """An .npz of mu [D] and sigma [D, D], under a temporary name, then renamed.

  `about` are words that are kept beside them.
  """
  temporary = path.with_name(f'{path.stem}.partial.npz')
  np.savez(temporary, mu=mean, sigma=covariance, **about)
  temporary.rename(path)


def are_in(path):
  """Whether a file is an .npz of mu and sigma; an unreadable one is not."""
  if path.suffix.lower() != '.npz' or not zipfile.is_zipfile(path):
    return False
  with zipfile.ZipFile(path) as file:
    return {'mu.npy', 'sigma.npy'} <= set(file.namelist())


def input_of(path):
  """How pictures were shown to Inception, where a file says so; else ''.

  ADM's have spatial features beside them, and are TensorFlow 1's; those of
  pytorch-fid and clean-fid do not say which they are.
  """
  with zipfile.ZipFile(path) as file:
    names = set(file.namelist())
  if 'input.npy' in names:
    with np.load(path) as file:
      return str(file['input'])
  return 'tf1' if {'mu_s.npy', 'sigma_s.npy'} <= names else ''


def read(path):
  """mu [D] and sigma [D, D] float64; what else is there is left alone."""
  data = io.BytesIO(path.read_bytes())  # What the disk says is not of content.
  try:
    file = np.load(data)
    mean, covariance = (np.asarray(file[n], float) for n in ('mu', 'sigma'))
  except MemoryError:
    raise
  except Exception as error:  # What is torn makes its reader raise anything.
    raise ValueError(f'{path}: no mu and sigma can be read from it') from error
  check(path, mean, covariance)
  return mean, covariance


def check(path, mean, covariance):
  if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
    raise ValueError(
      f'{path}: mu is {list(mean.shape)} and sigma {list(covariance.shape)}; '
      'they must be [D] and [D, D]'
    )
  if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
    raise ValueError(f'{path}: mu or sigma holds a number that is not finite')
  scale = max(np.abs(covariance).max(), 1e-300)
  if np.abs(covariance - covariance.T).max() > 1e-5 * scale:
    raise ValueError(f'{path}: sigma is not symmetric, so it is no covariance')
