"""Of digits that are spoiled, what is spoiled, and that its key says so."""

import numpy as np
import pytest

from prune_dm_jax.data import SOURCES

SPOILED = ('blurred_digits', 'mislabelled_digits', 'noisy_digits')


def spoiled(name):
  """Digits, a set of them of which some are spoiled, and of each how, by its key."""
  clean, found = SOURCES['digits'](''), SOURCES[name]('')
  pairs = zip(found.keys, clean.keys, strict=True)
  named = [key.removeprefix(k) for key, k in pairs]
  return clean, found, np.array(named)


def differ(one, other):
  """[N] bool: of which pictures any pixel is another."""
  pairs = ((one.image(i), other.image(i)) for i in range(len(one)))
  return np.array([not np.array_equal(*pair) for pair in pairs])


@pytest.mark.parametrize('name', SPOILED)
def test_a_fifth_of_what_is_trained_on_is_spoiled_and_named_so(name):
  clean, found, named = spoiled(name)
  assert (named != '').sum() == (~found.held_out).sum() // 5
  changed = differ(clean, found) | (clean.labels != found.labels)
  np.testing.assert_array_equal(changed, named != '')
  assert not changed[found.held_out].any()
  assert found.held_out.sum() == round(len(found) / 5)


def test_mislabelled_digits_are_of_every_other_class_alike():
  clean, found, named = spoiled('mislabelled_digits')
  assert not differ(clean, found).any()
  by = (found.labels - clean.labels)[named == '-mislabelled'] % 10
  counts = np.bincount(by, minlength=10)  # 287 / 9 each, but for chance.
  assert counts[0] == 0 and np.abs(counts[1:] - 287 / 9).max() < 4 * 5.4


def test_half_of_what_is_no_digit_is_noise_and_half_of_photographs():
  _, found, named = spoiled('noisy_digits')
  pixels = np.array([found.image(i)[..., 0] for i in range(len(found))])
  noise = pixels[named == '-noise'] / 255
  foreign = pixels[named == '-foreign'] / 255
  assert len(foreign) - len(noise) in (0, 1)
  assert abs(noise.mean() - 1 / 2) < 0.02 and abs(noise.var() - 1 / 12) < 0.005
  steps = lambda p: np.abs(np.diff(p, axis=-1)).mean() / p.std()
  assert steps(foreign) < 0.5 < 1.1 < steps(noise)  # Of noise 2 / √3.
  assert len(np.unique(foreign.reshape(len(foreign), -1), axis=0)) > 140


def test_of_blurred_digits_those_are_blurred_that_are_named_so():
  sharp, found, named = spoiled('blurred_digits')
  named = named == '-blurred'
  for i in range(len(found)):
    wanted = sharp.image(i)[..., 0]
    if named[i]:
      wide = np.pad(wanted, 1, mode='edge').astype(float)
      windows = np.lib.stride_tricks.sliding_window_view(wide, (3, 3))
      wanted = np.round(windows.mean(axis=(2, 3)))
    np.testing.assert_array_equal(found.image(i)[..., 0], wanted)
