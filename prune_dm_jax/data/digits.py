"""Handwritten digits: 1,797 pictures of 8x8, inside the scikit-learn wheel.

E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998.
"""

import functools

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

  @functools.cached_property
  def fingerprint(self):
    sizes = [self._images[0].size] * len(self)
    return identity.fingerprint(self.keys, sizes, self.labels)

  def __len__(self):
    return len(self.keys)

  def image(self, i):
    """uint8 [8, 8, 1]."""
    return self._images[i].reshape(8, 8, 1)


def drawn(keys, parts):
  """Places of one in `parts` that are trained on, by hash; of the fifth held out."""
  train, held_out = identity.split(keys, held_out=0.2, seed=0)
  order = identity.by_hash([keys[i] for i in train], seed=1)
  return train[order[: len(train) // parts]], held_out


class DoubledDigits(Digits):
  """The same, a third of what is trained on twice: to see what twins do.

  The set itself names a fifth as held out, none of which is doubled.
  """

  layout = 'embedded in scikit-learn, a third of what is trained on twice'

  def __init__(self, path=''):
    super().__init__(path)
    again, held_out = drawn(self.keys, 3)
    place = np.sort(np.concatenate([np.arange(len(self)), again]))
    second = np.append(False, place[1:] == place[:-1])
    self.keys = tuple(
      self.keys[i] + '-again' * twice
      for i, twice in zip(place, second.tolist(), strict=True)
    )
    self._images, self.labels = self._images[place], self.labels[place]
    self.held_out = np.isin(place, held_out)
