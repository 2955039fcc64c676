"""Digits of which a fifth of what is trained on is spoiled: does pruning pay then?

The set itself names a fifth as held out, none of which is spoiled. Keys of what is
spoiled say so at their end: digit-0007-noise.
"""

import numpy as np

from prune_dm_jax.data import digits
from prune_dm_jax.data import planted_kinds

WINDOW = 48
"""Pixels at a side of what is cut from a photograph."""


class SpoiledDigits(digits.Digits):
  """What the sets below share: which are spoiled, and what they are called."""

  def __init__(self, path=''):
    super().__init__(path)
    those, held_out = digits.drawn(self.keys, 5)
    keys = list(self.keys)
    for i, kind in zip(those.tolist(), self._spoil(those), strict=True):
      keys[i] += f'-{kind}'
    self.keys = tuple(keys)
    self.held_out = np.isin(np.arange(len(self)), held_out)

  def _spoil(self, those):
    """Spoils pictures or labels at places [n]; returns n words, what each is."""
    raise NotImplementedError


class BlurredDigits(SpoiledDigits):
  """A fifth is blurred: each pixel is the mean of nine."""

  layout = 'embedded in scikit-learn, a fifth of what is trained on blurred'

  def _spoil(self, those):
    sharp = self._images[those].reshape(-1, 8, 8, 1)
    self._images[those] = planted_kinds.blurred(sharp).reshape(len(sharp), -1)
    return ['blurred'] * len(those)


class NoisyDigits(SpoiledDigits):
  """A tenth is noise, uniform in each pixel, and a tenth is of photographs."""

  layout = 'embedded in scikit-learn, a fifth of what is trained on no digit'

  def _spoil(self, those):
    rng, half = np.random.default_rng(0), len(those) // 2
    noise = rng.integers(0, 256, (half, 64), np.uint8)
    foreign = rng.permutation(windows())[: len(those) - half]
    self._images[those] = np.concatenate([noise, foreign])
    return ['noise'] * half + ['foreign'] * len(foreign)


class MislabelledDigits(SpoiledDigits):
  """A fifth has the label of another class, each of the nine as often drawn."""

  layout = 'embedded in scikit-learn, a fifth of what is trained on mislabelled'

  def _spoil(self, those):
    rng, classes = np.random.default_rng(0), len(self.class_names)
    by = rng.integers(1, classes, len(those), np.int32)
    self.labels[those] = (self.labels[those] + by) % classes
    return ['mislabelled'] * len(those)


def windows():
  """uint8 [208, 64]: scikit-learn's two photographs, cut up, grey, at 8x8."""
  from sklearn.datasets import load_sample_images

  return np.array([
    planted_kinds.sized(
      photograph[y : y + WINDOW, x : x + WINDOW], (8, 8, 1)
    ).ravel()
    for photograph in load_sample_images().images
    for y in range(0, photograph.shape[0] - WINDOW + 1, WINDOW)
    for x in range(0, photograph.shape[1] - WINDOW + 1, WINDOW)
  ])  # fmt: skip
