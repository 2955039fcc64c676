"""Pictures to be judged: a folder of them, arrays, or the samples of a run.

a folder, a .zip ...   read as a data set is: the same pictures, keys, classes
.npz                   arr_0 uint8 [N, H, W, C], arr_1 [N] labels or none
.npy                   uint8 [N, H, W, C]
a cell, or its samples/    images.npy and labels.npy
"""

import hashlib
import pathlib
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import contents as contents_lib
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import npz
from prune_dm_jax.data.walks import reasons

TOGETHER = 256
"""Pictures of arrays that are hashed before it is said how far that is."""


class Pictures(NamedTuple):
  """N pictures, in the order of their keys."""

  keys: tuple[str, ...]
  labels: np.ndarray | None
  """[N] int, or None."""
  read: Callable
  """indices [b] -> [uint8 [H, W, C] each]."""
  sizes: dict
  """(H, W) -> the first key of a picture of that size."""
  channels: int
  """1, if all are grey."""
  contents: str
  """A digest over every byte: other pictures have another."""
  fingerprint: str
  """Of the data set that they would be, which a list may name."""
  pixels: np.ndarray
  """[N, 16] uint8, a hash of the decoded pixels of each."""
  bytes: np.ndarray | None = None
  """[N, 16] uint8, a hash of each file; None of arrays."""
  class_names: tuple[str, ...] = ()
  """[C] what labels are places in; none where they are but numbers."""
  source: Any = None
  """The Source, where they are files."""

  def __len__(self):
    return len(self.keys)


def silent(number):
  """Says nothing of how far the hashing of so many pictures is."""
  del number
  return lambda done: None


def open_pictures(path, *, check, counter=silent):
  """The Pictures at a path; a ValueError says what is wrong with it.

  Args:
    path: Of a folder, an archive, arrays or a cell.
    check: Source -> the Source without what cannot be read, and its Facts.
    counter: number of pictures in arrays -> say(number that were hashed).
  """
  path = pathlib.Path(path)
  if not path.exists():
    raise ValueError(f'{path}: there is no such file or folder')
  for folder in (path / 'samples', path):
    if (folder / 'images.npy').exists():
      return of_run(folder, counter)
  if (path / 'selection.json').exists():
    raise ValueError(
      f'{path}: the cell of a run that has no samples yet; main with '
      '--until=sample makes them'
    )
  readers = {'.npz': of_npz, '.npy': of_npy}
  if path.suffix.lower() in readers:
    found = readers[path.suffix.lower()](path, counter)
    check_bytes(path, found)
    return found
  return of_source(path, image_folder.open_folder(path), check)


def of_source(path, source, check):
  """Pictures of a Source, without those that cannot be read."""
  source, facts = check(source)
  if not len(source):
    why = reasons.of(source)
    raise ValueError(f'{path}: none of its pictures can be read: {why}')
  channels = int(facts.channels.max())
  return Pictures(
    keys=source.keys,
    labels=source.labels if source.class_names else None,
    read=lambda indices: [source.image(int(i))[..., :channels] for i in indices],
    sizes=first_of_each(facts.shapes, source.keys),
    channels=channels,
    contents=digest_of_all(facts.bytes, source.keys),
    fingerprint=source.fingerprint,
    pixels=facts.pixels,
    bytes=facts.bytes,
    class_names=source.class_names,
    source=source,
  )  # fmt: skip


def first_of_each(shapes, keys):
  """(H, W) -> the first key of those of that size, in the order of these."""
  _, first = np.unique(shapes, axis=0, return_index=True)
  return {tuple(shapes[i].tolist()): keys[i] for i in np.sort(first)}


def digest_of_all(hashes, keys):
  """16 hex digits over every key and what its file holds."""
  sha = hashlib.sha256()
  for own, key in zip(hashes, keys, strict=True):
    sha.update(own.tobytes() + key.encode() + b'\n')
  return sha.hexdigest()[:16]


def of_arrays(path, images, labels, counter=silent):
  """Pictures of uint8 [N, H, W, C]; the file's bytes are their fingerprint."""
  if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
    raise ValueError(
      f'{path}: wanted pictures as uint8 [N, H, W, C], got {images.dtype} '
      f'{list(images.shape)}'
    )
  if images.shape[-1] not in (1, 3):
    raise ValueError(
      f'{path}: its pictures have {images.shape[-1]} channels, as {list(images.shape)}'
      ' is [N, H, W, C]; 1 and 3 are known'
    )
  check_labels(path, labels, len(images))
  keys, found = tuple(str(i) for i in range(len(images))), digest(path)
  return Pictures(
    keys=keys,
    labels=labels,
    read=lambda indices: list(np.asarray(images[indices])),
    sizes={images.shape[1:3]: keys[0]},
    channels=images.shape[-1],
    contents=found,
    fingerprint=found,
    pixels=hashed(images, counter(len(images))),
  )


def check_bytes(path, pictures):
  """Raises ValueError if no value of Pictures is above 1, and some are 1."""
  most = 0
  for i in range(len(pictures)):
    most = max(most, int(pictures.read([i])[0].max()))
    if most > 1:
      return
  if most:
    raise ValueError(
      f'{path}: its pictures hold only 0 and 1, as floats that were cast do; '
      'bring them to 0 to 255'
    )


def hashed(images, say):
  """[N, 16] hashes of uint8 [N, H, W, C], as those of files of such pixels."""
  found = np.empty((len(images), 16), np.uint8)
  for i, image in enumerate(images):
    found[i] = np.frombuffer(contents_lib.of_pixels(image), np.uint8)
    if not (i + 1) % TOGETHER or i + 1 == len(images):
      say(i + 1)
  return found


def check_labels(path, labels, number):
  """Raises ValueError if these cannot be the labels of so many pictures."""
  if labels is None:
    return
  if labels.shape != (number,):
    raise ValueError(
      f'{path}: {number} pictures, but labels of shape {list(labels.shape)}'
    )
  if labels.dtype.kind not in 'iu':
    raise ValueError(
      f'{path}: its labels are {labels.dtype}; wanted a class as an integer'
    )


def are_in(path):
  """Whether a file is an .npz that has pictures, as ADM writes them."""
  if path.suffix.lower() != '.npz' or not zipfile.is_zipfile(path):
    return False
  return 'arr_0' in npz.names(path)


def digest(path):
  with open(path, 'rb') as file:
    return hashlib.file_digest(file, 'sha256').hexdigest()[:16]


def of_run(folder, counter):
  labels = folder / 'labels.npy'
  labels = np.load(labels) if labels.exists() else None
  return of_npy(folder / 'images.npy', counter, labels)


def of_npy(path, counter, labels=None):
  try:
    images = np.load(path, mmap_mode='r')
  except (ValueError, EOFError) as error:
    raise ValueError(f'{path}: not an .npy file of numbers') from error
  return of_arrays(path, images, labels, counter)


def of_npz(path, counter):
  """As ADM writes samples: arr_0 and, for classes, arr_1."""
  try:
    names = npz.names(path)
    found = {
      name: npz.array(path, name)
      for name in ('arr_0', 'arr_1')
      if name in names
    }
  except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
    raise ValueError(f'{path}: not an .npz file of numbers') from error
  if 'arr_0' not in found:
    raise ValueError(
      f'{path}: there is no arr_0, which would be its pictures, among {names}'
    )
  return of_arrays(path, found['arr_0'], found.get('arr_1'), counter)
