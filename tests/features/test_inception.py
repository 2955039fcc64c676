"""FID's Inception against the outputs of the published code.

fid_inception.npz has weights by a recipe of cosines, which leave next to nothing
of the picture from the 768 features on; so fid_inception_normal.npz, of the same
pictures by pytorch-fid 0.3.0, has normal weights that keep it to the end.
"""

import jax
import numpy as np
import pytest

from prune_dm_jax.features import inception

PUBLISHED = 'FID_InceptionV3_pt_inception-2015-12-05'
FEATURES = jax.jit(inception.features)


def cosines(name, shape):
  """The recipe of fid_inception.npz."""
  place = np.arange(np.prod(shape, dtype=int), dtype=np.float64)
  phase = sum(name.encode()) % 101 / 7
  b = np.cos(0.37 * place + phase)
  b += 0.5 * np.cos(1.7320508 * place + 2 * phase)
  if name.endswith('running_var'):
    b = 1 + 0.3 * b**2
  elif name.endswith('running_mean'):
    b = 0.1 * b
  elif len(shape) > 1:
    b = b / np.sqrt(np.prod(shape[1:]))
  elif name.endswith('.weight'):
    b = 1 + 0.1 * b
  else:
    b = 0.05 * b
  return b.reshape(shape).astype(np.float32)


def check(arrays, params, images, *, mode):
  found, logits = FEATURES(params, inception.resized(images, mode=mode))
  for width in (64, 192, 768, 2048):
    expected = arrays[f'f_{width}']
    tiny = 1e-6 * np.abs(expected).max()
    np.testing.assert_allclose(found[width], expected, rtol=1e-4, atol=tiny)
  expected = arrays['f_logits_unbiased']
  tiny = 3e-6 * np.abs(expected).max()
  np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=tiny)


def test_features_are_those_of_the_published_network(golden, published):
  arrays = golden('fid_inception')
  shapes = published(PUBLISHED)
  params = inception.params_of({k: cosines(k, s) for k, s in shapes.items()})
  check(arrays, params, arrays['x_u8'].transpose(0, 2, 3, 1), mode='tf1')


def test_features_are_the_published_ones_where_they_depend_on_the_picture(
  golden, published, normal
):
  images = golden('fid_inception')['x_u8'].transpose(0, 2, 3, 1)
  params = inception.params_of(normal(published(PUBLISHED)))
  check(golden('fid_inception_normal'), params, images, mode='torch')


@pytest.mark.parametrize(
  ('mode', 'name'), [('tf1', 'tf1'), ('torch', 'halfpixel')]
)
def test_pictures_are_resized_as_published(golden, mode, name):
  arrays = golden('fid_inception')
  images = arrays['x_u8'].transpose(0, 2, 3, 1)
  found = inception.resized(images, mode=mode)[0, :64, :64, 0]
  expected = arrays[f'resize_{name}_first64']
  np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize('mode', inception.RESIZES)
def test_a_cleanly_resized_picture_is_left_as_it_is(mode):
  ramp = np.linspace(0, 255, 64).round().astype(np.uint8)
  image = np.broadcast_to(ramp[None, :, None], (48, 64, 3)).copy()
  clean = inception.prepare_clean(image)
  assert clean.shape == (299, 299, 3) and clean.dtype == np.float32
  assert clean.min() >= 0 and clean.max() <= 255
  assert np.unique(clean).size > 256  # It is not rounded.
  found = inception.resized(clean[None], mode=mode)[0]
  np.testing.assert_allclose(found, clean, atol=1e-4)


def test_grey_pictures_are_shown_in_three_channels():
  grey = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
  np.testing.assert_array_equal(inception.prepare(grey), grey.repeat(3, axis=2))
  np.testing.assert_array_equal(
    inception.prepare_clean(grey)[..., 0], inception.prepare_clean(grey)[..., 2]
  )


def test_a_missing_and_an_unknown_name_are_named(published):
  weights = {
    name: np.broadcast_to(np.float32(0), shape)
    for name, shape in published(PUBLISHED).items()
  }
  del weights['Mixed_7c.branch_pool.bn.running_var']
  weights['AuxLogits.fc.bias'] = np.zeros(1000)
  said = 'Mixed_7c.branch_pool.bn.running_var missing, AuxLogits.fc.bias not'
  with pytest.raises(ValueError, match=said):
    inception.params_of(weights)


def test_white_and_black_are_what_each_tool_makes_of_them():
  """pytorch-fid: 2 x / 255 - 1; TensorFlow 1 and clean-fid: (x - 128) / 128."""
  whole = lambda value: np.full((1, 4, 4, 3), value, np.uint8)
  ends = {'torch': (-1, 1), 'tf1': (-1, 127 / 128)}
  for mode, expected in ends.items():
    found = [inception.shown(whole(v), mode=mode)[0, 7, 7, 0] for v in (0, 255)]
    scaled = (np.array(found) - 128) / 128
    np.testing.assert_allclose(scaled, expected, atol=1e-6)


def test_each_way_of_inception_sees_other_pixels():
  ramp = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
  found = []
  for way in inception.INPUTS.values():
    mode = getattr(way.see, 'keywords', {}).get('mode', 'tf1')
    found.append(inception.shown(way.prepare(ramp)[None], mode=mode))
  for one, other in ((0, 1), (0, 2), (1, 2)):
    assert np.abs(found[one] - found[other]).max() > 1
