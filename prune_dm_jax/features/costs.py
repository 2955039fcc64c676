"""What published networks multiply, by their papers: no weights are asked for."""

from typing import NamedTuple


class Cost(NamedTuple):
  """Of one picture, as the network is shown it."""

  params: float
  flops: float
  """Twice the multiply-adds."""


NOTHING = Cost(0, 0)

COSTS = {
  'clip': Cost(87.8e6, 8.8e9),  # ViT-B/32 of 224 pixels
  'dino': Cost(22.1e6, 12.1e9),  # ViT-S/14 of 224
  'lite0': Cost(4.7e6, 0.8e9),  # of 224
  'inception': Cost(23.9e6, 11.4e9),  # of 299
  'vgg16': Cost(138.4e6, 30.9e9),  # of 224
}
"""backbone -> its Cost; others cost next to nothing."""
