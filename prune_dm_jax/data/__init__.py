"""Data sets. A source is one file and one row in ROWS.

A source has `keys` (unique str, sorted: they define the index), `labels` [N]
int32 (-1 is none), `class_names`, `image(i)` -> uint8 [H, W, C], `held_out` [N]
bool (what the set itself keeps from training; none: config.data.held_out
decides), `bad` (key -> why, of what is there but is no example), `layout` in
words, `fingerprint`.
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data import celebahq
from prune_dm_jax.data import digits
from prune_dm_jax.data import emoji
from prune_dm_jax.data import fashion_mnist
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.data import spoiled_digits


class Published(NamedTuple):
  """What is known of a whole set, validation pictures among them."""

  number: int
  held_out: int
  """Those that the set itself holds out."""
  classes: int
  channels: int


class Row(NamedTuple):
  open: Callable
  """path -> source."""
  is_there: Callable | None = None
  """path -> whether its names are this set's; any other is an image_folder."""
  embedded: bool = False
  """Whether it needs no path."""
  published: Published | None = None


ROWS = {
  'digits': Row(digits.Digits, embedded=True),
  'blurred_digits': Row(spoiled_digits.BlurredDigits, embedded=True),
  'doubled_digits': Row(digits.DoubledDigits, embedded=True),
  'mislabelled_digits': Row(spoiled_digits.MislabelledDigits, embedded=True),
  'noisy_digits': Row(spoiled_digits.NoisyDigits, embedded=True),
  'fashion_mnist': Row(
    fashion_mnist.FashionMNIST,
    fashion_mnist.is_there,
    published=Published(70_000, 10_000, 10, 1),
  ),
  'emoji': Row(emoji.open_emoji, emoji.is_there),
  'image_folder': Row(image_folder.open_folder),
  'celebahq': Row(
    celebahq.open_faces,
    celebahq.is_there,
    published=Published(30_000, 0, 0, 3),
  ),
  'imagenet': Row(
    imagenet.open_imagenet,
    imagenet.is_there,
    published=Published(1_331_167, 50_000, 1000, 3),
  ),
}
"""Of several sets that a path looks like, the first is it."""

SOURCES = {name: row.open for name, row in ROWS.items()}
EMBEDDED = tuple(name for name, row in ROWS.items() if row.embedded)
SIGNS = {name: row.is_there for name, row in ROWS.items() if row.is_there}


def recognised(path):
  """The name of the source that a path looks like."""
  found = [name for name, is_there in SIGNS.items() if is_there(path)]
  return found[0] if found else 'image_folder'
