"""Backbones. Each is one line: what turns pictures into features.

  load(weights) -> (images uint8 [B, H, W, C] -> features [B, D], logits or none)

`judge` measures and is never offered to a method that selects.
"""

from prune_dm_jax.features import classifier
from prune_dm_jax.features import pixels

BACKBONES = {
  'pixels': pixels.load,
  'classifier': classifier.load,
  'judge': classifier.load,
}
SELECTING = ('pixels', 'classifier')
"""Backbones that may select."""

NETWORKS = {'classifier': classifier.Classifier, 'judge': classifier.Judge}
"""Those that are trained here, on the training split, from nothing."""
