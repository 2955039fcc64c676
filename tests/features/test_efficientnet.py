"""EfficientNet-Lite0 against the outputs of the published code, and in earnest.

efficientnet_lite0_normal.npz is by efficientnet_lite_pytorch 0.1.0, on the first
224 rows and columns of the pictures of fid_inception.npz.
"""

import functools
import os
import pathlib

import numpy as np
import pytest

from prune_dm_jax.features import efficientnet
from prune_dm_jax.features import weights as weights_lib

FOLDER = pathlib.Path(os.environ.get('WEIGHTS', 'weights'))
SEEN = {  # photograph of scikit-image: classes of ImageNet
  'chelsea': (281, 282, 285),  # tabby, tiger cat, Egyptian cat
  'coffee': (967,),  # espresso
  'rocket': (657,),  # missile
}


def test_outputs_are_those_of_the_published_network(golden, published, normal):
  arrays = golden('efficientnet_lite0_normal')
  images = golden('fid_inception')['x_u8'][:, :, :224, :224]
  weights = normal(published('EfficientNet-Lite0'))
  see = functools.partial(*efficientnet.load(weights))
  features, logits = see(images.transpose(0, 2, 3, 1))
  np.testing.assert_allclose(features, arrays['features'], rtol=0, atol=3e-5)
  np.testing.assert_allclose(logits, arrays['logits'], rtol=0, atol=3e-5)


def test_a_missing_and_an_unknown_name_are_named(published):
  weights = {
    name: np.broadcast_to(np.float32(0), shape)
    for name, shape in published('EfficientNet-Lite0').items()
  }
  del weights['_blocks.3._bn0.bias']
  weights['_blocks.3._se_reduce.bias'] = np.zeros(3)
  said = '_blocks.3._bn0.bias missing, _blocks.3._se_reduce.bias not known'
  with pytest.raises(ValueError, match=said):
    efficientnet.params_of(weights)


@pytest.mark.parametrize('name', SEEN)
def test_photographs_are_of_their_class(name):
  data = pytest.importorskip('skimage.data')
  path = FOLDER / 'lite0.safetensors'
  if not path.exists():
    pytest.skip(f'{path} is not there; WEIGHTS names the folder it is in')
  see = functools.partial(*efficientnet.load(weights_lib.read(path)))
  image = efficientnet.prepare(getattr(data, name)())
  assert int(see(image[None])[1].argmax()) in SEEN[name]
