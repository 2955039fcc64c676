"""Handwritten digits: 1,797 pictures of 8x8, inside the scikit-learn wheel.

E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998.
"""

import numpy as np

from prune_dm_jax.data import identity


class Digits:
  """The whole set, in memory; `path` is ignored."""

  layout = 'embedded in scikit-learn'
  class_names = tuple('0123456789')

  def __init__(self, path=''):
    del path
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    self._images = np.round(images * 255 / 16).astype(np.uint8)
    self.keys = tuple(f'digit-{i:04d}' for i in range(len(labels)))
    self.labels = labels.astype(np.int32)
    self.held_out = np.zeros(len(labels), bool)
    self.bad = {}
    sizes = [self._images[0].size] * len(labels)
    self.fingerprint = identity.fingerprint(self.keys, sizes, self.labels)

  def __len__(self):
    return len(self.keys)

  def image(self, i):
    """uint8 [8, 8, 1]."""
    return self._images[i].reshape(8, 8, 1)
