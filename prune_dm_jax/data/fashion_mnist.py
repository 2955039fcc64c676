"""Fashion-MNIST: 70,000 grey pictures of 28x28 (Xiao et al., 2017).

  train-images-idx3-ubyte[.gz]  train-labels-idx1-ubyte[.gz]  and of t10k

Anything else in MNIST's format opens as well, with the classes 0 to 9, which its
labels are. The 10,000 of t10k are held out.
"""

import gzip
import hashlib
import pathlib
import zlib

import numpy as np

from prune_dm_jax.data import identity

PARTS = {'train': False, 't10k': True}  # Whether it is held out.
CLASSES = (
  'T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt',
  'Sneaker', 'Bag', 'Ankle boot',
)  # fmt: skip
OF_CLOTHES = 'a80f9c8fb930e4cf'
"""Of the labels of t10k and train, bytes."""


class FashionMNIST:
  """The whole set, in memory."""

  def __init__(self, path):
    path = pathlib.Path(path)
    parts = {part: part_of(path, part) for part in PARTS}
    order = sorted(PARTS)  # That of the keys.
    self._images = np.concatenate([parts[part][0] for part in order])
    labels = np.concatenate([parts[part][1] for part in order])
    clothes = hashlib.sha256(labels).hexdigest()[:16] == OF_CLOTHES
    self.class_names = CLASSES if clothes else tuple('0123456789')
    others = '' if clothes else ' of classes 0 to 9, not those of Fashion-MNIST'
    self.layout = f'IDX files{others}, the test set held out'
    counts = [len(parts[part][1]) for part in order]
    self.keys = tuple(
      f'{part}-{i:05d}'
      for part, count in zip(order, counts, strict=True)
      for i in range(count)
    )
    self.labels = labels.astype(np.int32)
    self.held_out = np.repeat([PARTS[part] for part in order], counts)
    self.bad = {}
    sums = [zlib.crc32(image) for image in self._images]
    self.fingerprint = identity.fingerprint(self.keys, sums, self.labels)

  def __len__(self):
    return len(self.keys)

  def image(self, i):
    """uint8 [28, 28, 1]."""
    return self._images[i][..., None]


def is_there(path):
  return any(candidates(pathlib.Path(path), 'train-images-idx3-ubyte'))


def candidates(path, name):
  """Files by this name, gzipped or not; some copies have a dot for the dash."""
  names = (name, name.replace('-idx', '.idx'))
  tried = [path / f'{n}{end}' for n in names for end in ('', '.gz')]
  return [file for file in tried if file.is_file()]


def part_of(path, part):
  """uint8 [n, H, W] pictures and [n] labels of train or t10k."""
  images = read(path, f'{part}-images-idx3-ubyte', axes=3)
  labels = read(path, f'{part}-labels-idx1-ubyte', axes=1)
  if len(images) != len(labels):
    raise ValueError(
      f'{path}: {len(images)} pictures in {part}, but {len(labels)} labels'
    )
  if labels.max(initial=0) >= len(CLASSES):
    raise ValueError(
      f'{path}: label {labels.max()} in {part}; there are {len(CLASSES)} '
      'classes'
    )
  return images, labels


def read(path, name, *, axes):
  """uint8 [...] of an IDX file: 0 0 8 axes, then the sizes, then the bytes."""
  files = candidates(path, name)
  if not files:
    raise ValueError(f'{path}: no {name} nor {name}.gz in this folder')
  data = content(files[0])
  begin = 4 + 4 * axes
  if len(data) < begin or data[:4] != bytes([0, 0, 8, axes]):
    raise ValueError(
      f'{files[0]}: not an IDX file of bytes with {axes} axes; it begins with '
      f'{data[:4].hex()}'
    )
  shape = np.frombuffer(data[4:begin], '>u4').tolist()
  if len(data) - begin != np.prod(shape, dtype=object):
    raise ValueError(
      f'{files[0]}: {len(data) - begin} bytes, but {shape} are announced'
    )
  return np.frombuffer(data, np.uint8, offset=begin).reshape(shape)


def content(file):
  data = file.read_bytes()
  try:
    return gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data
  except (OSError, EOFError, zlib.error) as error:
    raise ValueError(f'{file}: a torn .gz file') from error
