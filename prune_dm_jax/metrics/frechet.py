"""Fréchet distance of two Gaussians (Heusel et al., 2017), on any features.

  d = |mu1 - mu2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))

The trace of the root is the sum of the roots of the eigenvalues of the
symmetric S1^(1/2) S2 S1^(1/2): real, and never scipy's sqrtm.
"""

import numpy as np


def moments(features):
  """[N, D] -> mean [D], covariance [D, D] (n - 1), float64."""
  features = np.asarray(features, np.float64)
  if len(features) < 2:
    raise ValueError(f'a covariance needs 2 examples, got {len(features)}')
  if not np.isfinite(features).all():
    bad = int(np.argmax(~np.isfinite(features).all(axis=1)))
    raise ValueError(f'the features of example {bad} are not finite')
  return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def root(covariance):
  """The symmetric square root."""
  values, vectors = np.linalg.eigh(covariance)
  return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def distance(mean1, cov1, mean2, cov2):
  half = root(cov1)
  values = np.linalg.eigvalsh(half @ cov2 @ half)
  cross = np.sqrt(np.maximum(values, 0)).sum()
  apart = np.square(mean1 - mean2).sum()
  return float(apart + np.trace(cov1) + np.trace(cov2) - 2 * cross)


def metric(generated, reference):
  value = distance(
    *moments(generated['features']), *moments(reference['features'])
  )
  return {'frechet_distance': (value, np.nan, np.nan)}
