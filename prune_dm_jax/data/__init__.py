"""Data sets. A source is one file and one line in SOURCES.

A source has `keys` (unique str, sorted: they define the index), `labels` [N]
int32 (-1 is none), `class_names`, `image(i)` -> uint8 [H, W, C], `held_out` [N]
bool (what the set itself keeps from training; none: config.data.held_out
decides), `bad` (key -> why, of what is there but is no example), `layout` in
words, `fingerprint`.
"""

from prune_dm_jax.data import celebahq
from prune_dm_jax.data import digits
from prune_dm_jax.data import emoji
from prune_dm_jax.data import fashion_mnist
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet

SOURCES = {
  'digits': digits.Digits,
  'doubled_digits': digits.DoubledDigits,
  'fashion_mnist': fashion_mnist.FashionMNIST,
  'image_folder': image_folder.open_folder,
  'celebahq': celebahq.open_faces,
  'imagenet': imagenet.open_imagenet,
  'emoji': emoji.open_emoji,
}
"""name -> (path -> source)."""

EMBEDDED = ('digits', 'doubled_digits')
"""Those that need no path."""

SIGNS = {
  'fashion_mnist': fashion_mnist.is_there,
  'emoji': emoji.is_there,
  'celebahq': celebahq.is_there,
  'imagenet': imagenet.is_there,
}
"""name -> (path -> whether it is there); any other path is an image_folder."""


def recognised(path):
  """The name of the source that a path looks like."""
  found = [name for name, is_there in SIGNS.items() if is_there(path)]
  return found[0] if found else 'image_folder'
