"""Resizing along one axis, as torch and TensorFlow do it: a matrix [n, m].

  out = matrix @ rows

Whoever published weights resized in a way of his own, and a network sees the
difference: which place a pixel has, how wide the filter is, what is beyond the
edge.
"""

import numpy as np


def cubic(x, a):
  """The cubic convolution kernel (Keys, 1981): 1 at 0, 0 at 1 and from 2 on."""
  x = np.abs(x)
  near = (a + 2) * x**3 - (a + 3) * x**2 + 1
  far = a * (x**3 - 5 * x**2 + 8 * x - 4)
  return np.where(x < 1, near, np.where(x < 2, far, 0))


def taken(places, shares, m):
  """The matrix of places [n, k] and their shares; beyond the edge is the edge."""
  matrix = np.zeros((len(places), m))
  row = np.arange(len(places))[:, None]
  np.add.at(matrix, (row, places.clip(0, m - 1)), shares)
  return matrix.astype(np.float32)


def bicubic(m, n, *, scale):
  """torch's bicubic by a scale factor, which need not be n / m: a = -0.75."""
  place = (np.arange(n)[:, None] + 0.5) / scale - 0.5
  taps = np.floor(place).astype(int) + np.arange(-1, 3)[None]
  return taken(taps, cubic(taps - place, -0.75), m)


def bicubic_antialiased(m, n):
  """torch's antialiased bicubic to a size: a = -0.5, nothing beyond the edge."""
  width = max(m / n, 1)
  place = (np.arange(n)[:, None] + 0.5) * (m / n) - 0.5
  shares = cubic((np.arange(m)[None] - place) / width, -0.5)
  return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def bilinear(m, n):
  """torch's bilinear: a pixel is where its middle is."""
  return between((np.arange(n) + 0.5) * (m / n) - 0.5, m)


def bilinear_of_corners(m, n):
  """TensorFlow 1's bilinear: a pixel is where its first corner is."""
  return between(np.arange(n) * (m / n), m)


def between(place, m):
  place = place[:, None].clip(0, m - 1)
  first = np.floor(place).astype(int)
  share = place - first
  return taken(
    np.concatenate([first, first + 1], axis=1),
    np.concatenate([1 - share, share], axis=1),
    m,
  )
